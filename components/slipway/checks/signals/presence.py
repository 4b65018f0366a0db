"""Whether the pods of a workload export a series, and which of their series tell how loaded they are."""

from slipway.catalog.engines import Series
from slipway.checks.signals.sources import Export


def absence(name: str, export: Export, series: Series | None) -> tuple[str, str] | None:
    """Say why the pods do not export a series, and what they export instead; None if they do."""
    engine = f"{export.engine.name} {export.version}"
    if series is None:
        known = export.engine.find(name)
        successor = next((each.successor for each in known if each.successor), "")
        if known and export.engine.exported(successor, export.version):
            return f"{engine} no longer exports {name}", f"use {successor}"
        if known and known[0].since and not known[0].until:
            return f"{engine} does not export {name} yet: {known[0].since} does", follow(export, "use")
        return f"{engine} does not export {name}", follow(export, "use")
    if series.modes and export.mode not in series.modes:
        return f"{engine} exports {name} only with the {' or '.join(series.modes)} backend", follow(export, "use")
    if series.needs and series.needs not in export.options:
        return f"{engine} exports {name} only with {series.needs}", f"set {series.needs}"
    if series.unless and series.unless in export.options:
        return f"{series.unless} takes {name} off the page of {engine}", f"leave {series.unless} out"
    return None


def follow(export: Export, verb: str) -> str:
    """Name the series that do tell how loaded the engine is."""
    telling = [
        series.name
        for series in export.engine.exports
        if (series.signal or "tensorrtllm" in series.modes) and _tells(series, export)
    ]
    return f"{verb} {' or '.join(telling)}" if telling else "serve the model with vLLM itself, which exports its queue"


def _tells(series: Series, export: Export) -> bool:
    """Whether the pods export a series that moves under load."""
    return (
        series.is_in(export.version)
        and (not series.modes or export.mode in series.modes)
        and export.mode not in series.blind
        and (not series.needs or series.needs in export.options)
        and (not series.unless or series.unless not in export.options)
    )
