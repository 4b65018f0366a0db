# pyright: basic, reportMissingImports=false
"""A chat model of Hugging Face: prompts in, texts out.

All requests of an execution become one batch for the GPU, and each gets its own rows of the answer. How long an answer
may be does not depend on the other prompts of the batch.
"""

import json

import numpy as np
import torch
import triton_python_backend_utils as pb_utils
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig


class TritonPythonModel:
    """Takes `prompt` and gives `generated_text`, a string a row."""

    def initialize(self, args):
        """Load the model onto the GPU of this instance."""
        parameters = json.loads(args["model_config"])["parameters"]
        told = {name: value["string_value"] for name, value in parameters.items()}
        device = f"cuda:{args['model_instance_device_id']}"
        quantised = {"quantization_config": BitsAndBytesConfig(load_in_8bit=True)} if told["bits"] == "8" else {}
        self._max_prompt, self._max_answer = int(told["max_prompt"]), int(told["max_answer"])
        # Decoder models go on after the last token, which padding on the right would be.
        self._tokenizer = AutoTokenizer.from_pretrained(told["model"], padding_side="left")
        self._tokenizer.pad_token = self._tokenizer.pad_token or self._tokenizer.eos_token
        self._model = AutoModelForCausalLM.from_pretrained(
            told["model"], dtype=torch.float16, device_map={"": device}, **quantised
        )

    def execute(self, requests):
        """Answer the requests of a batch, in their order."""
        batches = [pb_utils.get_input_tensor_by_name(request, "prompt").as_numpy() for request in requests]
        prompts = [prompt.decode() for prompt in np.concatenate(batches).reshape(-1)]
        texts = np.array([text.encode() for text in self._generate(prompts)], dtype=np.object_).reshape(-1, 1)
        ends = np.cumsum([len(batch) for batch in batches])[:-1]
        return [pb_utils.InferenceResponse([pb_utils.Tensor("generated_text", rows)]) for rows in np.split(texts, ends)]

    def _generate(self, prompts):
        """Return the answer to each prompt, without the prompt."""
        given = self._tokenizer(
            [self._asked(prompt) for prompt in prompts],
            add_special_tokens=not self._tokenizer.chat_template,
            return_tensors="pt",
            padding=True,
            truncation=True,
            max_length=self._max_prompt,
        ).to(self._model.device)
        with torch.inference_mode():
            tokens = self._model.generate(
                **given, max_new_tokens=self._max_answer, do_sample=False, pad_token_id=self._tokenizer.pad_token_id
            )
        return self._tokenizer.batch_decode(tokens[:, given["input_ids"].shape[1] :], skip_special_tokens=True)

    def _asked(self, prompt):
        """Return a prompt in the form in which the model was trained on questions, if its tokenizer knows that."""
        if not self._tokenizer.chat_template:
            return prompt
        message = {"role": "user", "content": prompt}
        return self._tokenizer.apply_chat_template([message], tokenize=False, add_generation_prompt=True)
