"""The answers as text: a line for each question, then what is wrong and how it is mended."""

from collections.abc import Iterator, Sequence
from typing import IO

from offline.text import finding_lines, write_lines
from offline.wording import COLUMNS, counted, cut
from preflight.question import Answer, Question, findings

MARK, ABOUT = 9, 34
"""Characters of the two columns on the left."""


def write(stack: str, questions: Sequence[Question], answers: Sequence[Answer], seconds: float, file: IO[str]) -> None:
    """Write the answers, in colour on a terminal."""
    write_lines(_lines(stack, questions, answers, seconds), _style, file)


def _lines(stack: str, questions: Sequence[Question], answers: Sequence[Answer], seconds: float) -> Iterator[str]:
    answered = sum(answer.answered for answer in answers)
    asked = counted(len(questions), "question")
    yield f"{stack}: {answered} of {asked} answered in {seconds:.1f} s; nothing was written"
    for question, answer in zip(questions, answers, strict=True):
        mark = min((each.severity for each in answer.findings), default="warning" if answer.unanswered else "ok")
        yield cut(f"{mark:{MARK}}{cut(question.about, ABOUT):{ABOUT}}  {answer.text}", COLUMNS)
    if found := findings(questions, answers):
        yield "findings"
        yield from finding_lines(found, "  ")


def _style(line: str) -> str:
    words = line.split(maxsplit=1)
    return {"ok": "green", "warning": "yellow", "warning:": "yellow", "error": "red", "error:": "red"}.get(
        words[0] if words else "", ""
    )
