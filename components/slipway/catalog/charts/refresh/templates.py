"""Go templates as syntax trees, as far as charts use them; the text between actions is left out.

Source: the documentation of Go's text/template and text/template/parse.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_STRING = r"\"(?:\\.|[^\"\\])*\"|`[^`]*`|'(?:\\.|[^'\\])*'"
_ACTION = re.compile(rf"\{{\{{-?\s*(?:/\*.*?\*/|((?:{_STRING}|(?!-?\}}\}}).)*?))\s*-?\}}\}}", re.DOTALL)
_TOKEN = re.compile(
    rf"(?P<space>\s+)|(?P<text>{_STRING})|(?P<variable>\$\w*)|(?P<field>\.[A-Za-z_]\w*)|(?P<number>[-+]?\.?\d[\w.]*)"
    r"|(?P<dot>\.)|(?P<function>[A-Za-z_]\w*)|(?P<mark>:=|[|()=,])"
)
_BLOCKS = ("if", "with", "range", "define", "block")


@dataclass(frozen=True, slots=True)
class Operand:
    """A value in a command, and the fields that are taken of it one after the other.

    Attributes:
        name: of the function or the variable, or the text or number that stands there.
        inner: what stands in parentheses.
    """

    head: Literal["dot", "variable", "function", "text", "number", "inner"]
    name: str = ""
    inner: "Pipeline | None" = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands, each of which is the last argument of the next, and the variables that take the result."""

    commands: tuple[tuple[Operand, ...], ...]
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """What stands between braces, with what it encloses.

    Attributes:
        word: `if`, `with`, `range`, `define`, `block` or `template`; empty for what is printed.
        name: of the template that is defined or called.
        otherwise: what follows `else`.
    """

    word: str
    pipeline: Pipeline | None
    name: str = ""
    body: tuple["Action", ...] = ()
    otherwise: tuple["Action", ...] = ()


def parse(source: str) -> tuple[Action, ...]:
    """Return the actions of a template.

    Raises:
        ValueError: an action cannot be read, or a block has no end.
    """
    texts = iter([found[1] for found in _ACTION.finditer(source) if found[1]])
    actions, closed_by = _block(texts)
    if closed_by:
        msg = f"{closed_by!r} closes nothing"
        raise ValueError(msg)
    return actions


def _block(texts: Iterator[str]) -> tuple[tuple[Action, ...], str]:
    """Return the actions up to the one that closes the block, and that one; it is empty at the end of the source."""
    actions: list[Action] = []
    for text in texts:
        word = _first_word(text)
        if word in ("end", "else"):
            return tuple(actions), text
        if word in _BLOCKS:
            actions.append(_opened(word, text[len(word) :], texts))
        elif word == "template":
            name, rest = _named(text[len(word) :])
            actions.append(Action(word, _pipeline(rest), name))
        elif word not in ("break", "continue"):
            actions.append(Action("", _pipeline(text)))
    return tuple(actions), ""


def _opened(word: str, head: str, texts: Iterator[str]) -> Action:
    name, head = _named(head) if word in ("define", "block") else ("", head)
    body, closed_by = _block(texts)
    if not closed_by:
        msg = f"{word} {head} has no end"
        raise ValueError(msg)
    otherwise: tuple[Action, ...] = ()
    if _first_word(closed_by) == "else":
        rest = closed_by[len("else") :].strip()
        if chained := _first_word(rest):
            # `else if` shares the end of its `if`.
            otherwise = (_opened(chained, rest[len(chained) :], texts),)
        else:
            otherwise, _ = _block(texts)
    return Action(word, _pipeline(head), name, body, otherwise)


def _first_word(text: str) -> str:
    found = re.match(r"\w+\b", text)
    return found[0] if found else ""


def _named(text: str) -> tuple[str, str]:
    found = re.match(rf"\s*({_STRING})", text)
    if not found:
        msg = f"{text!r} names no template"
        raise ValueError(msg)
    return found[1][1:-1], text[found.end() :]


def _pipeline(text: str) -> Pipeline | None:
    tokens: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            msg = f"{text[at:]!r} cannot be read"
            raise ValueError(msg)
        tokens.append((str(found.lastgroup), found[0]))
        at = found.end()
    if all(kind == "space" for kind, _ in tokens):
        return None
    variables: list[str] = []
    declared = next((index for index, (_, token) in enumerate(tokens) if token in (":=", "=")), None)
    if declared is not None:
        variables = [token for kind, token in tokens[:declared] if kind == "variable"]
        tokens = tokens[declared + 1 :]
    found_pipeline, _ = _commands(tokens, 0)
    return Pipeline(found_pipeline.commands, tuple(variables))


def _commands(tokens: list[tuple[str, str]], at: int) -> tuple[Pipeline, int]:
    """Return the commands up to the parenthesis that closes them, and where that is."""
    commands: list[tuple[Operand, ...]] = []
    operands: list[Operand] = []
    adjacent = False
    while at < len(tokens) and tokens[at][1] != ")":
        kind, token = tokens[at]
        if token == "|":
            commands.append(tuple(operands))
            operands = []
        elif token == "(":
            inner, at = _commands(tokens, at + 1)
            operands.append(Operand("inner", inner=inner))
        elif kind == "field":
            before = operands.pop() if adjacent else Operand("dot")
            operands.append(Operand(before.head, before.name, before.inner, (*before.fields, token[1:])))
        elif kind in ("text", "number", "variable", "function", "dot"):
            operands.append(Operand(kind, token[1:-1] if kind == "text" else token))  # pyright: ignore[reportArgumentType]
        adjacent = kind in ("field", "variable") or token == "("
        at += 1
    return Pipeline((*commands, tuple(operands))), at
