"""What every stack gives its charts is what they read, by the same judgement that a person's values meet."""

from offline import Recording
from slipway.catalog.charts import file_of
from slipway.checks.charts import Around, StackChart, chart_findings

RELEASE = "kubernetes:helm.sh/v3:Release"

OWNED = {"values.owned"}
"""Of keys that a person leaves to Slipway."""


def test_every_value_of_a_release_is_read_and_breaks_nothing(recording: Recording) -> None:
    made = recording.of("kubernetes:scheduling.k8s.io/v1:PriorityClass")
    classes = frozenset(each.inputs["metadata"]["name"] for each in made)
    around = Around(namespace=recording.stack, own_cluster=True, classes=classes, driver=580)
    for release in recording.of(RELEASE):
        values = release.inputs.get("values", {})
        chart = release.inputs["chart"].rpartition("/")[2]
        if not values:
            continue
        found = chart_findings({chart: StackChart(path=chart, own=values, given=values)}, around)
        assert [finding for finding in found if finding.code not in OWNED] == []


def test_every_chart_with_values_is_known(recording: Recording) -> None:
    for release in recording.of(RELEASE):
        if release.inputs.get("values"):
            assert file_of(release.inputs["chart"].rpartition("/")[2]).exists()
