"""PromQL as what the judgement looks at: series, matchers, windows, labels that are kept, and division."""

from collections.abc import Mapping
from functools import reduce
from typing import Any

import promql_parser as promql

from slipway.checks.signals.edges import Query, Term
from slipway.checks.signals.queries import OF_A_POD

POSITIVE = (promql.MatchOp.Equal, promql.MatchOp.Re)


def read(expression: str) -> Query:
    """Read an expression.

    Raises:
        ValueError: it is no PromQL.
    """
    return _query(promql.parse(expression))


def read_adapter_query(template: str, series: str) -> Query:
    """Read a `metricsQuery` of prometheus-adapter for one series.

    Raises:
        ValueError: it is no PromQL once its placeholders are filled in.
    """
    filled = {
        "<<.Series>>": series,
        "<<.LabelMatchers>>,": "",
        "<<.LabelMatchers>>": "",
        "<<.GroupBy>>": "namespace,pod",
    }
    return read(reduce(lambda text, each: text.replace(*each), filled.items(), template))


def _query(expr: Any, function: str = "", window: float = 0) -> Query:
    match expr:
        case promql.VectorSelector():
            return Query((Term(expr.name or "", _matchers(expr), function, window),))
        case promql.MatrixSelector():
            return _query(expr.vector_selector, function, expr.range.total_seconds())
        case promql.Call():
            return _merged([_query(arg, expr.func.name) for arg in expr.args])
        case promql.AggregateExpr():
            inner = _query(expr.expr, function, window)
            return Query(inner.terms, _kept(expr.modifier), inner.divides, inner.clamped)
        case promql.BinaryExpr():
            both = _merged([_query(expr.lhs, function, window), _query(expr.rhs, function, window)])
            if str(expr.op) != "/" or isinstance(expr.rhs, promql.NumberLiteral):
                return both
            return Query(both.terms, both.by, divides=True, clamped=_clamped(expr.rhs))
        case promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
            return _query(expr.expr, function, window)
        case _:
            return Query(())


def _merged(queries: list[Query]) -> Query:
    kept = [query.by for query in queries if query.by is not None]
    ratios = [query for query in queries if query.divides]
    return Query(
        tuple(term for query in queries for term in query.terms),
        reduce(frozenset[str].__and__, kept) if kept else None,
        divides=bool(ratios),
        clamped=all(query.clamped for query in ratios),
    )


def _kept(modifier: Any) -> frozenset[str] | None:
    """Return the labels that an aggregation keeps; None for all of those that tell pods apart."""
    if modifier is None:
        return frozenset()
    if modifier.type == promql.AggModifierType.By:
        return frozenset(modifier.labels)
    return OF_A_POD - frozenset(modifier.labels) if OF_A_POD & frozenset(modifier.labels) else None


def _clamped(divisor: Any) -> bool:
    """Whether a divisor cannot be 0: it is raised to something, or left out where it is 0."""
    match divisor:
        case promql.Call():
            return divisor.func.name == "clamp_min"
        case promql.BinaryExpr(rhs=promql.NumberLiteral(val=least)):
            return str(divisor.op) == ">" and least >= 0 and not divisor.modifier
        case promql.ParenExpr():
            return _clamped(divisor.expr)
        case _:
            return False


def _matchers(selector: Any) -> Mapping[str, str]:
    return {each.name: each.value for each in selector.matchers.matchers if each.op in POSITIVE}
