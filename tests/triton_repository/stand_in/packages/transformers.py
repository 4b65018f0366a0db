# pyright: basic
"""Stands in for Hugging Face's package in a Python model: bytes are tokens, and a model answers the prompt backwards.

As the real ones, a tokenizer pads the texts of a batch to the longest and keeps a mask, and a model gives back the
whole batch, each row with its prompt and as many tokens after it as the longest answer has.
"""

import time

import numpy as np

PADDING = 0
BEGINNING = "^"
"""What a tokenizer puts before a text of its own accord."""
SECONDS_PER_BATCH = 0.02


class BitsAndBytesConfig:
    def __init__(self, **options):
        pass


class Batch(dict):
    def to(self, device):
        return self


class AutoTokenizer:
    pad_token = None
    pad_token_id = eos_token_id = PADDING
    eos_token = "</s>"
    chat_template = "<{}>"

    def __init__(self, padding_side="right"):
        self.padding_side = padding_side

    @classmethod
    def from_pretrained(cls, source, **options):
        return cls(**options)

    def apply_chat_template(self, messages, tokenize, add_generation_prompt):
        (message,) = messages
        return self.chat_template.format(message["content"])

    def __call__(self, texts, *, return_tensors, padding, add_special_tokens=True, truncation=False, max_length=None):
        beginning = BEGINNING if add_special_tokens else ""
        rows = [np.frombuffer((beginning + text).encode(), dtype=np.uint8)[:max_length] for text in texts]
        longest = max(map(len, rows))
        widths = [(longest - len(row), 0) if self.padding_side == "left" else (0, longest - len(row)) for row in rows]
        padded = [np.pad(row, width) for row, width in zip(rows, widths, strict=True)]
        masks = [np.pad(np.ones_like(row), width) for row, width in zip(rows, widths, strict=True)]
        return Batch(input_ids=np.stack(padded), attention_mask=np.stack(masks))

    def batch_decode(self, tokens, *, skip_special_tokens):
        return [bytes(row[row != PADDING].astype(np.uint8)).decode() for row in tokens]


class AutoModelForCausalLM:
    device = "cpu"

    @classmethod
    def from_pretrained(cls, source, **options):
        return cls()

    def generate(self, input_ids, attention_mask, *, max_new_tokens, do_sample, pad_token_id):
        assert (attention_mask[:, -1] == 1).all(), "a decoder goes on after the last token, which here is padding"
        time.sleep(SECONDS_PER_BATCH)
        prompts = [bytes(row[mask == 1]).decode() for row, mask in zip(input_ids, attention_mask, strict=True)]
        answers = [np.frombuffer(prompt[::-1].encode(), dtype=np.uint8)[:max_new_tokens] for prompt in prompts]
        longest = max(map(len, answers))
        padded = [np.pad(row, (0, longest - len(row)), constant_values=pad_token_id) for row in answers]
        return np.concatenate([input_ids, np.stack(padded)], axis=1)
