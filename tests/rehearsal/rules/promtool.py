"""`promtool test rules`: rules and queries evaluated by Prometheus's own code over series that a test writes down."""

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slipway.custom_resources.monitoring import RuleGroup
from slipway.serving.recording_rules import expressions

SCRAPE_SECONDS = 15

Samples = Mapping[str, float]
"""Values by the series that have them, such as `{pod="a"}`."""


@dataclass(frozen=True, slots=True)
class Promtool:
    """A promtool, and a folder for what it reads."""

    binary: Path
    folder: Path

    def expect(
        self,
        wanted: Mapping[str, Samples],
        *,
        series: Mapping[str, str],
        at: str = "5m",
        groups: Iterable[RuleGroup] = (),
        alerts: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        """Fail unless each expression gives exactly these samples.

        Args:
            wanted: samples by expression.
            series: values in promtool's notation by series, one for each scrape.
            at: time of the evaluation; scrapes begin at 0.
            groups: rules that are evaluated along.
            alerts: what `alert_rule_test` lists.
        """
        (self.folder / "rules.json").write_text(
            json.dumps({"groups": [group.model_dump(by_alias=True, exclude_none=True) for group in groups]})
        )
        (self.folder / "test.json").write_text(
            json.dumps(
                {
                    "rule_files": ["rules.json"],
                    "evaluation_interval": f"{SCRAPE_SECONDS}s",
                    "fuzzy_compare": True,
                    "tests": [
                        {
                            "interval": f"{SCRAPE_SECONDS}s",
                            "input_series": [{"series": name, "values": values} for name, values in series.items()],
                            "promql_expr_test": [
                                {
                                    "expr": expression,
                                    "eval_time": at,
                                    "exp_samples": [{"labels": name, "value": value} for name, value in each.items()],
                                }
                                for expression, each in wanted.items()
                            ],
                            "alert_rule_test": [*alerts],
                        }
                    ],
                }
            )
        )
        done = subprocess.run(
            [self.binary, "test", "rules", "test.json"], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def recording_group(matchers: str = "") -> RuleGroup:
    """Return the rules that record series of Triton."""
    rules = [{"record": record, "expr": expr} for record, expr in expressions(SCRAPE_SECONDS, matchers).items()]
    return RuleGroup.model_validate({"name": "recorded", "interval": f"{SCRAPE_SECONDS}s", "rules": rules})
