"""Which changes of a stack take data or running servers away, or are refused, and what its file must say to have them.

The engine holds a stack with `deletionProtection` to the same; here any stack is, before anything happens.
"""

from collections.abc import Collection, Iterable, Iterator

from offline.comparison import Change
from offline.consequences import shown
from slipway.catalog.providers.refused import refusal
from slipway.checks import Finding


def findings(changes: Iterable[Change], allowed: Collection[str]) -> Iterator[Finding]:
    """Yield an error for each.

    Args:
        changes: all that differs.
        allowed: `allowReplacement` of the stack file.
    """
    for change in changes:
        yield from _refused(change)
        if not change.destroys or change.title in allowed:
            continue
        inputs = "; ".join(f"{each.path} {shown(each.old)} -> {shown(each.new)}" for each in change.inputs[:3])
        why = f", with {change.because}" if change.because else f" ({inputs})" if inputs else ""
        message = f"{change.title} is {change.effect.kind}{why}: {change.effect.words}"
        remedy = f"undo the change, or write {change.title!r} there if that is meant"
        yield Finding("update.destructive", "allowReplacement", message, remedy)


def _refused(change: Change) -> Iterator[Finding]:
    for each in change.inputs:
        if reason := refusal(change.type, each.schema_path, each.old, each.new):
            yield Finding("update.refused", change.title, reason, "undo the change")
