"""Whether a person's values of the charts of add-ons say what the person means, and leave what Slipway relies on."""

from slipway.checks.charts.judgement import Around, chart_findings
from slipway.checks.charts.keys import value_findings
from slipway.checks.charts.values import StackChart, merged

__all__ = ["Around", "StackChart", "chart_findings", "merged", "value_findings"]
