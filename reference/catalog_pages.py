"""What the catalog knows: models, machines and engines."""

from reference.tables import code, table
from slipway.catalog.engines import ENGINES
from slipway.catalog.machines import MACHINES
from slipway.catalog.models import MODELS
from slipway.catalog.prices import PRICES

BILLION = 10**9


def models() -> str:
    """Return the page of the models that a server may name without describing them."""
    rows = [
        (
            code(each.name),
            f"{each.parameters / BILLION:.1f}",
            each.quantisation or each.dtype,
            f"{each.max_positions:,}",
            str(each.experts.count) if each.experts else "",
            "yes" if each.vision else "",
            "yes" if each.gated else "",
        )
        for each in sorted(MODELS.values(), key=lambda model: model.name.lower())
    ]
    heading = (
        "Model",
        "Parameters, billions",
        "Weights",
        "Longest context",
        "Experts",
        "Reads images",
        "Licence to accept",
    )
    text = "Another model is described in the stack file: [models of your own](../stack-files.md#models-of-your-own)."
    return "\n".join(["# Models", "", text, "", *table(heading, rows)])


def machines() -> str:
    """Return the page of the machines that a pool may have, with the least that anybody is known to ask for them."""
    rows = [
        (
            code(each.name),
            each.provider.upper(),
            f"{each.chips} {each.chip.name}",
            f"{each.chip.memory_gib:g}",
            str(each.vcpus),
            f"{each.memory_gib:g}",
            ", ".join(each.topologies),
            ", ".join(each.purchases),
            _cheapest(each.name),
        )
        for each in MACHINES.values()
    ]
    heading = ("Machine", "Cloud", "Chips", "GiB a chip", "vCPUs", "GiB", "Topologies", "Had as", "USD an hour from")
    text = "The price is the lowest list price on demand that the catalog knows; `prices` of a stack file wins."
    return "\n".join(["# Machines", "", text, "", *table(heading, rows)])


def _cheapest(machine: str) -> str:
    known = [row for row in PRICES if (row.item, row.purchase) == (machine, "on-demand")]
    if not known:
        return ""
    least = min(known, key=lambda row: row.usd)
    return f"{least.usd:.2f} ({least.region}, {least.as_of})"


def engines() -> str:
    """Return the page of the engines, with every series of theirs that is known."""
    lines = ["# Engines and their series", ""]
    for engine in ENGINES.values():
        pages = ", ".join(code(f":{page.port}{page.path}") for page in engine.pages)
        lines += [f"## {engine.name}", "", f"Health at {code(engine.health_path)}; series at {pages}.", ""]
        rows = [
            (code(each.name), each.kind, each.unit, code(each.signal or ""), each.since, each.until, each.needs)
            for each in engine.exports
        ]
        lines += table(("Series", "Type", "Unit", "Signal", "Since", "Until", "Needs"), rows)
    return "\n".join(lines)
