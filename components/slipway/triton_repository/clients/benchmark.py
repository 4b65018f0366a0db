"""Measure a chat model as the article does, and print its two tables.

    python3 -m clients.benchmark --url http://llama:8000 --results results.jsonl

A run asks the three questions. In batches they go one after the other, each as many times at once as the batch has
rows; for instances all three go at once, and a model that batches dynamically may merge them. Each measurement is
added to --results, so that another variant of the server fills the next columns. Tokens are those of the answers'
texts, which takes the package transformers.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from .ask import load_tokenizer
from .chat import QUESTIONS, Chat, find
from .server import RefusedError, Server

BATCHES = (1, 8)
WARM_UPS = 1


@dataclass(frozen=True, slots=True)
class Measurement:
    """One kind of run.

    Attributes:
        batch: prompts of a batch; 0 where the questions went at once, each by itself.
        seconds: of a run, the median.
        tokens: of a run's answers.
    """

    engine: str
    instances: int
    batch: int
    seconds: float
    tokens: float

    @property
    def throughput(self) -> float:
        """Tokens a second."""
        return self.tokens / self.seconds


def measure(chat: Chat, batches: Iterable[int], runs: int, count: Callable[[str], int]) -> list[Measurement]:
    """Measure a model.

    Args:
        batches: sizes of batches; 0 sends the questions at once.
        runs: how many are timed of each kind, after one that is not.
        count: returns the tokens of a text.
    """
    found: list[Measurement] = []
    for batch in batches:
        timed = [_run(chat, batch) for _ in range(WARM_UPS + runs)][WARM_UPS:]
        seconds = statistics.median(seconds for seconds, _ in timed)
        tokens = statistics.fmean(sum(map(count, answers)) for _, answers in timed)
        found.append(Measurement(chat.dialect.engine, chat.instances, batch, seconds, tokens))
    return found


def _run(chat: Chat, batch: int) -> tuple[float, list[str]]:
    begun = time.perf_counter()
    if batch:
        answers = [answer for question in QUESTIONS for answer in chat.answers([question] * batch)]
    else:
        with ThreadPoolExecutor(len(QUESTIONS)) as pool:
            answers = list(pool.map(chat.by_generate, QUESTIONS))
    return time.perf_counter() - begun, answers


def tables(measured: Sequence[Measurement]) -> str:
    """Return the two tables, in Markdown; of several measurements of one kind the last."""
    last = {(each.engine, each.instances, each.batch): each for each in measured}
    concurrent = {
        f"{each.instances} instance{'s' * (each.instances > 1)}, {each.engine}": each
        for each in last.values()
        if not each.batch
    }
    batched = {
        f"batch {each.batch}, {each.engine}": each
        for each in sorted(last.values(), key=lambda each: (each.batch, each.engine))
        if each.batch and each.instances == 1
    }
    return "\n\n".join(_table(columns) for columns in (concurrent, batched) if columns)


def _table(columns: dict[str, Measurement]) -> str:
    rows = (
        ["", *columns],
        ["---", *("--:" for _ in columns)],
        ["run, s", *(f"{each.seconds:.2f}" for each in columns.values())],
        ["throughput, tokens/s", *(f"{each.throughput:.1f}" for each in columns.values())],
    )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main() -> None:
    """Measure the server and print the tables of all that is measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://localhost:8000", help="of the server's HTTP endpoint")
    parser.add_argument("--model", default="llamav2", help="name of the model")
    parser.add_argument("--max-tokens", type=int, default=200, help="most tokens of an answer, where a request says so")
    parser.add_argument("--tokenizer", default="hf-internal-testing/llama-tokenizer", help="what counts tokens")
    parser.add_argument("--runs", type=int, default=5, help="runs of each kind")
    parser.add_argument("--results", type=Path, required=True, help="file of measurements, one in JSON a line")
    told = parser.parse_args()
    tokenizer = load_tokenizer(told.tokenizer)

    def count(text: str) -> int:
        return len(tokenizer(text, add_special_tokens=False)["input_ids"])

    try:
        chat = find(Server(told.url.rstrip("/")), told.model, told.max_tokens)
        found = measure(chat, BATCHES if chat.decoupled else (0, *BATCHES), told.runs, count)
    except (RefusedError, OSError) as error:
        sys.exit(str(error))
    with told.results.open("a") as lines:
        lines.writelines(f"{json.dumps(asdict(each))}\n" for each in found)
    with told.results.open() as lines:
        sys.stdout.write(tables([Measurement(**json.loads(line)) for line in lines]) + "\n")


if __name__ == "__main__":
    main()
