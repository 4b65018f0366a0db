"""The candidates as a table of at most 80 columns."""

from collections.abc import Iterator, Sequence

from choose.candidates import Answer, Candidate
from choose.request import Request
from offline.wording import COLUMNS, counted, cut, listed

MOST_ROWS = 10

HEADING = ("machine", "chips", "holds", "tokens/s", "USD/h", "USD/M", "where")
WIDTHS = (24, 6, 6, 10, 7, 10, 18)


def lines(request: Request, answer: Answer) -> Iterator[str]:
    """Yield the cheapest candidates with what the columns mean, or why there is none."""
    if not answer.candidates:
        yield f"nothing in the catalog serves {request.model} with {request.context:,} tokens a request"
        for finding in answer.refusals:
            yield f"  the largest: {finding.message}"
            yield f"  {finding.remedy}"
        return
    yield _row(HEADING)
    yield from (_row(_cells(each)) for each in answer.candidates[:MOST_ROWS])
    if (more := len(answer.candidates) - MOST_ROWS) > 0:
        yield f"and {more} more, dearer or without a known price"
    yield ""
    yield "chips: replicas x chips of each"
    yield f"holds: requests of {request.context:,} tokens at once that fit a replica's memory"
    load = "full batches" if request.tokens_per_second else f"{request.requests:,} such requests"
    yield f"tokens/s: of {load}, as an engine attained to what chips can do"
    yield "USD/h, USD/M: the whole stack without traffic, an hour and a million tokens"
    if reserved := _reserved(answer.candidates[:MOST_ROWS]):
        yield f"to be reserved or waited for first: {listed(reserved, COLUMNS - 36)}"


def _reserved(candidates: Sequence[Candidate]) -> list[str]:
    return [
        f"{each.draft.slice.machine.name} ({each.draft.purchase})"
        for each in candidates
        if each.draft.purchase not in ("on-demand", "spot")
    ]


def _cells(each: Candidate) -> tuple[str, ...]:
    draft, cost = each.draft, each.usd_per_million_tokens
    machine = " ".join(part for part in (draft.slice.machine.name, draft.slice.topology) if part)
    slow, fast = each.tokens_per_second
    return (
        machine,
        f"{draft.replicas}x{draft.tensor_parallel}",
        _short(each.requests),
        f"{_short(slow)}-{_short(fast)}",
        "?" if each.usd_per_hour is None else _usd(each.usd_per_hour),
        f"{_short(cost[0])}-{_short(cost[1])}" if cost else "?",
        draft.where,
    )


def _short(number: float) -> str:
    """Return a number in four characters at most, below a million."""
    if number >= 999.5:
        return f"{number / 1000:.{int(number < 9950)}f}k"
    return f"{number:.{0 if number >= 99.95 else 1 if number >= 0.995 else 2}f}"


def _usd(number: float) -> str:
    return f"{number:.2f}" if number < 999.995 else f"{number:,.0f}"


def _row(cells: Sequence[str]) -> str:
    return "".join(f"{cut(cell, width - 1):{width}}" for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def row(each: Candidate) -> str:
    """Return a candidate as one line of the file that is written of it."""
    draft = each.draft
    price = "a price that nobody knows" if each.usd_per_hour is None else f"{each.usd_per_hour:,.2f} USD an hour"
    return (
        f"{counted(draft.replicas, 'replica')} of {draft.tensor_parallel} {draft.slice.machine.chip.name} on "
        f"{draft.slice.machine.name}: {price} with all of them"
    )
