"""PromQL of a cluster in a rehearsal's time: windows are divided by the speed, and so are rates.

In a rehearsal a counter grows `speed` times as fast on the clock by which Prometheus takes samples. A window of a
minute is a sixtieth of `speed` seconds there and holds the same samples, so `increase` and `…_over_time` keep their
values; what is per second comes out `speed` times too high and is divided by it. Functions of the clock itself (`time`,
`timestamp`, `hour`, …) stay as they are: they speak of this machine's clock.
"""

import re
from typing import Any

import promql_parser as promql

from rehearsal.clock import Clock
from rehearsal.metrics.prometheus import milliseconds

PER_SECOND = ("rate", "irate", "deriv")
"""Functions whose value is per second of the clock."""

_DURATION = r"(?:\d+(?:ms|[smhdwy]))+"
_RANGE = re.compile(rf"\[(?P<window>{_DURATION})(?P<colon>:)?(?P<step>{_DURATION})?\](?P<rest>[^\[\]]*)$")
_OFFSET = re.compile(rf"(?<= offset )(?P<sign>-?)(?P<offset>{_DURATION})(?= @|$)")


def compressed(expression: str, clock: Clock) -> str:
    """Return the expression that has in a rehearsal the value that this one has in the cluster.

    Raises:
        ValueError: it is no PromQL.
    """

    def node(found: Any) -> Any:
        match found:
            case promql.MatrixSelector():
                # Its selector was visited before it, and its offset with that.
                return promql.parse(_ranged(found.prettify(), clock))
            case promql.SubqueryExpr():
                return promql.parse(_shifted(_ranged(found.prettify(), clock), clock))
            case promql.VectorSelector():
                return promql.parse(_shifted(found.prettify(), clock)) if found.offset else None
            case promql.Call() if found.func.name in PER_SECOND:
                return promql.parse(f"({found.prettify()} / {clock.speed:g})")
            case promql.Call() if found.func.name == "predict_linear":
                vector, ahead = found.args
                return promql.parse(f"predict_linear({vector.prettify()}, ({ahead.prettify()}) / {clock.speed:g})")
            case _:
                return None

    return promql.transform(promql.parse(expression), post_visit=node).prettify()


def duration(text: str, clock: Clock) -> str:
    """Return a duration such as `1m30s` compressed."""
    return milliseconds(clock.compressed(promql.parse_duration(text).total_seconds()))


def _ranged(text: str, clock: Clock) -> str:
    def shorter(found: re.Match[str]) -> str:
        step = duration(found["step"], clock) if found["step"] else ""
        return f"[{duration(found['window'], clock)}{found['colon'] or ''}{step}]{found['rest']}"

    return _RANGE.sub(shorter, text)


def _shifted(text: str, clock: Clock) -> str:
    return _OFFSET.sub(lambda found: found["sign"] + duration(found["offset"], clock), text)
