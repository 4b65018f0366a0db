# pyright: basic, reportMissingImports=false
"""Export a model of Hugging Face to ONNX, once for each storage: from tokens to the scores of the next token."""

import argparse
from pathlib import Path

import torch
from checkpoint import checkpoint
from finished import make
from transformers import AutoModelForCausalLM


class NextToken(torch.nn.Module):
    """The scores of the token after the last one, in single precision; prompts are padded on the left."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return one row a prompt, as wide as the vocabulary."""
        answer = self.model(input_ids=input_ids, attention_mask=attention_mask, use_cache=False, logits_to_keep=1)
        return answer.logits[:, -1].float()


def export(source: Path, file: Path) -> None:
    """Write the model in `source` to `file`, its weights beside it as `<file>.data`."""
    model = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float16, attn_implementation="eager")
    tokens = torch.ones(2, 8, dtype=torch.int64)
    shape = {0: torch.export.Dim("batch", max=64), 1: torch.export.Dim("tokens", min=2, max=4096)}
    program = torch.onnx.export(
        NextToken(model.eval()),
        (tokens, torch.ones_like(tokens)),
        input_names=["input_ids", "attention_mask"],
        output_names=["output_0"],
        dynamic_shapes=(shape, shape),
        dynamo=True,
    )
    program.save(file, external_data=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--file", required=True)
    given = parser.parse_args()
    downloaded = checkpoint(given.weights, given.model)
    make(given.weights / "onnx" / given.model, lambda target: export(downloaded, target / given.file))
