"""Whether a configuration is fit for a load: a sweep over targets, and findings with the nearest way out.

What a finding proposes has been simulated under the same load.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulate.load import Load
from simulate.loop import Run, run
from simulate.outcome import Outcome, outcome
from simulate.scenario import Scenario
from simulate.signals import SIGNALS, sibling
from slipway.checks import Finding

FACTORS = (0.25, 0.5, 1, 2, 4)
"""Targets of a sweep, as multiples of the stack's own."""
SHARES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7)
"""Targets to try of a signal that is a share."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A configuration and what came of it."""

    run: Run
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that is said of one server under one load.

    Attributes:
        own: the stack's own configuration.
        sweep: the same with other targets, the own one among them, lowest first.
    """

    own: Trial
    sweep: Sequence[Trial]
    findings: Sequence[Finding]


def answer(scenario: Scenario, load: Load) -> Answer:
    """Simulate a server as its stack has it and with other targets, and judge it.

    Raises:
        UnknownSeriesError: the engine's model does not have the series that the autoscaler follows.
    """
    own = _try(scenario, load)
    others = [
        _try(scenario.following(scenario.signal, target), load)
        for factor in FACTORS
        if factor != 1 and ((target := scenario.target * factor) < 1 or SIGNALS[scenario.signal] != "kv-cache-use")
    ]
    sweep = sorted([own, *others], key=lambda trial: trial.run.scenario.target)
    return Answer(own, sweep, [*_flapping(own, sweep), *_unseen(own), *_never_scaling(own)])


def _try(scenario: Scenario, load: Load) -> Trial:
    done = run(scenario, load)
    return Trial(done, outcome(done))


def _flapping(own: Trial, sweep: Sequence[Trial]) -> Iterator[Finding]:
    if not own.outcome.flaps:
        return
    scenario, rise = own.run.scenario, own.outcome.flaps[0]
    fall = max(each.at for each in own.outcome.rescales if each.at < rise.at)
    before, after = own.run.seconds[fall - 1].signal, own.run.seconds[rise.at].signal
    message = (
        f"replicas flap {len(own.outcome.flaps)} x under a load that does not change: with "
        f"{own.run.load.steps[rise.step]} clients from second {rise.step} on, a replica goes at second {fall}, and "
        f"{rise.after - rise.before} must come back at second {rise.at} and load for {scenario.load_seconds} s; "
        f"{scenario.signal} reads {before:.3g} before and {after:.3g} after, against a target of {scenario.target:g}"
    )
    yield Finding("simulation.flapping", f"servers.{scenario.server}.autoscaling", message, _way_out(own, sweep))


def _way_out(own: Trial, sweep: Sequence[Trial]) -> str:
    """Return the first change that does not flap: another target, the other signal, more replicas at least."""
    scenario, load = own.run.scenario, own.run.load
    calm = [trial for trial in sweep if _is_better(trial, own)]
    if calm:
        return f"write target: {calm[-1].run.scenario.target:g}, which {_figures(calm[-1])}"
    if SIGNALS[scenario.signal] == "waiting-requests":
        share_of_cache = sibling(scenario.signal, "kv-cache-use")
        for share in reversed(SHARES):
            trial = _try(scenario.following(share_of_cache, share), load)
            if _is_better(trial, own):
                return f"follow signal: kv-cache-use with target: {share:g}, which {_figures(trial)}"
    bounds = scenario.autoscaler.bounds
    for minimum in range(bounds.minimum + 1, bounds.maximum + 1):
        trial = _try(scenario.with_minimum(minimum), load)
        if _is_better(trial, own):
            return f"write minReplicas: {minimum}, which {_figures(trial)}"
    return "raise scaleDownAfterSeconds above the time for which the load lasts; no target and no minimum helps here"


def _is_better(trial: Trial, own: Trial) -> bool:
    """Return whether it neither flaps nor buys that with a longer wait than now."""
    waits, now = trial.outcome.first_token, own.outcome.first_token
    return not trial.outcome.flaps and all(waits[percent] <= now[percent] * 1.1 for percent in now)


def _figures(trial: Trial) -> str:
    wait, hours = trial.outcome.first_token[99], trial.outcome.node_hours
    return f"does not flap here (99 % of first tokens within {wait:.2f} s, {hours:.1f} node-hours)"


def _unseen(own: Trial) -> Iterator[Finding]:
    """Say that a step of the load ends before the replica that it adds could go and come back."""
    scenario, load = own.run.scenario, own.run.load
    settled = scenario.node_seconds + scenario.pull_seconds + scenario.load_seconds
    window = round(scenario.autoscaler.bounds.down.window)
    for rise in own.outcome.rescales:
        until = next((begin for begin in load.steps if begin > rise.step), None)
        needed = rise.at + settled + 2 * window
        if own.outcome.flaps or until is None or rise.after < rise.before or until >= needed:
            continue
        message = (
            f"whether replicas flap with {load.steps[rise.step]} clients is not seen: the load changes at second "
            f"{until}, and the replica added at second {rise.at} takes {settled} s to answer and {window} s to go"
        )
        remedy = f"let these clients stay until second {needed}"
        yield Finding("simulation.unseen", f"servers.{scenario.server}.autoscaling", message, remedy, "warning")
        return


def _never_scaling(own: Trial) -> Iterator[Finding]:
    scenario, result = own.run.scenario, own.outcome
    bounds, highest = scenario.autoscaler.bounds, max(second.signal for second in own.run.seconds)
    held = result.most_replicas == bounds.minimum < bounds.maximum
    if held and result.most_waiting > scenario.limits.slots:
        yield Finding(
            "simulation.never-scaling",
            f"servers.{scenario.server}.autoscaling.metric.target",
            f"{result.most_waiting} requests wait, more than a replica's batch holds, and none is added: "
            f"{scenario.signal} reaches {highest:.2g}, and the target is {scenario.target:g}",
            f"write a target below {highest:.2g}, or follow signal: waiting-requests",
            "warning",
        )
