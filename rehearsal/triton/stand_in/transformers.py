# pyright: basic
"""Stands in for Hugging Face's package in a Python model: no weights, no GPU, and a batch that takes its time asleep.

A tokenizer makes a token of every four characters. A model generates as many tokens as it may and ends with none of its
own accord. `SLIPWAY_STEP_SECONDS` is the time of a step for batches of one, two and so on; larger ones take as long as
the last.
"""

import json
import os
import time

import numpy as np

STEP_SECONDS = json.loads(os.environ["SLIPWAY_STEP_SECONDS"])
CHARACTERS = 4
WORD = " word"


class BitsAndBytesConfig:
    """Takes any option."""

    def __init__(self, **options):
        """Keep nothing: the times are those of the weights as they are served."""


class _Batch(dict):
    def to(self, device):
        return self


class AutoTokenizer:
    """Counts tokens; all of them are 0."""

    pad_token = None
    pad_token_id = eos_token_id = 0
    eos_token = "</s>"
    chat_template = None

    @classmethod
    def from_pretrained(cls, source, **options):
        """Return a tokenizer of whatever is asked for."""
        return cls()

    def __call__(self, texts, max_length=None, **options):
        """Return the tokens of texts, all as long as the longest, and no longer than `max_length`."""
        longest = max(-(-len(text) // CHARACTERS) for text in texts)
        shape = len(texts), min(longest, max_length or longest)
        return _Batch(input_ids=np.zeros(shape, dtype=np.int64), attention_mask=np.ones(shape, dtype=np.int64))

    def batch_decode(self, tokens, **options):
        """Return a text of as many words as there are tokens for each row."""
        return [WORD * len(row) for row in tokens]


class AutoModelForCausalLM:
    """Takes the time of as many steps as it generates tokens."""

    device = "cpu"

    @classmethod
    def from_pretrained(cls, source, **options):
        """Return a model of whatever is asked for."""
        return cls()

    def generate(self, input_ids, max_length=None, max_new_tokens=None, **options):
        """Return the prompts with as many tokens after them as may be."""
        batch, given = input_ids.shape
        steps = max_new_tokens or max_length - given
        time.sleep(steps * STEP_SECONDS[min(batch, len(STEP_SECONDS)) - 1])
        return np.concatenate([input_ids, np.zeros((batch, steps), dtype=np.int64)], axis=1)
