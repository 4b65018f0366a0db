"""Questions to accounts: asked all at once, each with a time limit, and what was answered."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from dataclasses import dataclass

from slipway.checks import Finding

SECONDS = 7.0
"""For all questions together: with the run of the program before them, a person has the answers within ten seconds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered.

    Attributes:
        text: the facts, in a few words.
        findings: what is wrong with them.
        unanswered: why nobody answered, and what to run so that somebody does, if that is so.
    """

    text: str
    findings: tuple[Finding, ...] = ()
    unanswered: tuple[str, str] | None = None

    @property
    def answered(self) -> bool:
        """Whether somebody answered."""
        return self.unanswered is None and not any(each.code == "preflight.credentials" for each in self.findings)


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        about: what it asks for: `quota of v6e`.
        path: where in the stack file the answer matters.
        ask: asks; raises `UnansweredError` where nobody answers.
    """

    about: str
    path: str
    ask: Callable[[], Answer]


class UnansweredError(Exception):
    """Nobody answered a question.

    Attributes:
        remedy: what to run, so that it is answered.
    """

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


class CredentialsError(UnansweredError):
    """Whoever asks is not known, so that no question of that kind is answered."""


def ask_all(questions: Sequence[Question], seconds: float = SECONDS) -> list[Answer]:
    """Ask all questions at once, and return their answers in the same order, those that are late as unanswered."""
    end = time.monotonic() + seconds
    asked = [_asked(question) for question in questions]
    return [_answer(question, future, end) for question, future in zip(questions, asked, strict=True)]


def _asked(question: Question) -> Future[Answer]:
    """Ask in a thread that does not keep the program from ending."""
    future: Future[Answer] = Future()

    def run() -> None:
        try:
            future.set_result(question.ask())
        except Exception as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def _answer(question: Question, future: Future[Answer], end: float) -> Answer:
    try:
        return future.result(max(0.0, end - time.monotonic()))
    except CredentialsError as error:
        finding = Finding("preflight.credentials", "credentials", str(error), error.remedy)
        return Answer("nobody is signed in", (finding,))
    except UnansweredError as error:
        return _unanswered(str(error), error.remedy)
    except LateError:
        return _unanswered("no answer came in time", "look whether the network lets it through, and ask again")
    except (LookupError, TypeError, ValueError) as error:
        reason = f"the answer is not as its documentation says ({type(error).__name__}: {error})"
        return _unanswered(reason, "look it up by hand, and report this")


def _unanswered(reason: str, remedy: str) -> Answer:
    return Answer("not known", unanswered=(reason, remedy))


def findings(questions: Sequence[Question], answers: Sequence[Answer]) -> list[Finding]:
    """Return what is wrong, each thing once, and what was not answered by its reason."""
    found = dict.fromkeys(finding for answer in answers for finding in answer.findings)
    unanswered: dict[str, list[tuple[Question, str]]] = {}
    for question, answer in zip(questions, answers, strict=True):
        if answer.unanswered:
            reason, remedy = answer.unanswered
            unanswered.setdefault(reason, []).append((question, remedy))
    for reason, asked in unanswered.items():
        (first, remedy), about = asked[0], ", ".join(question.about for question, _ in asked)
        found[Finding("preflight.unanswered", first.path, f"not known: {about}; {reason}", remedy, "warning")] = None
    return list(found)
