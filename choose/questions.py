"""What flags leave open, asked on a terminal; elsewhere it is an error that names the flag."""

import argparse
import sys
from math import inf

from choose.request import Request


def asked(options: argparse.Namespace) -> Request:
    """Return the request: what flags say, and for the rest what a person answers.

    Raises:
        SystemExit: something is missing and there is nobody to ask, or a number is none that can be served.
    """
    if options.model and options.context is not None:
        return _request(options)
    if not sys.stdin.isatty():
        missing = [flag for flag in ("--model", "--context") if getattr(options, flag[2:]) in (None, "")]
        sys.exit(f"error: {' and '.join(missing)} missing, and there is nobody to ask; as in MODEL=… CONTEXT=8192")
    from rich.prompt import Confirm, IntPrompt, Prompt

    options.model = options.model or Prompt.ask("Model, by its name on Hugging Face", default="Qwen/Qwen3-8B")
    options.context = options.context or IntPrompt.ask("Most tokens of a request, prompt and answer", default=8192)
    options.requests = IntPrompt.ask("Requests under way at once", default=options.requests)
    options.cloud = Prompt.ask("Cloud", choices=["any", "gke", "eks"], default=options.cloud)
    options.spot = options.spot or Confirm.ask("On spot nodes, which may be taken back at any time", default=False)
    if not options.public and Confirm.ask("Reached from the internet, with a key", default=False):
        options.public = [Prompt.ask("Address range that may connect", default="203.0.113.0/24")]
    return _request(options)


def _request(options: argparse.Namespace) -> Request:
    for name in ("context", "requests", "tokens_per_second"):
        value = getattr(options, name)
        if value is not None and not 0 < value < inf:
            sys.exit(f"error: --{name.replace('_', '-')}: {value:g} is nothing to serve; write a number above 0")
    return Request(
        model=options.model,
        context=options.context,
        requests=options.requests,
        tokens_per_second=options.tokens_per_second,
        cloud=options.cloud,
        spot=options.spot,
        source_ranges=tuple(each.strip() for given in options.public for each in given.split(",")),
    )
