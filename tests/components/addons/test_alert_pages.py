"""Each alert has a page in docs/runbooks, and each page an alert."""

import re
from pathlib import Path

import pytest

from slipway.addons.alerts import RUNBOOKS, alert_group
from slipway.custom_resources.monitoring import Rule
from tests.components.servers import SERVERS

ROOT = Path(__file__).parents[3]
PAGES = sorted((ROOT / RUNBOOKS).iterdir())
ALERTS: dict[str, Rule] = {
    rule.alert: rule for server in SERVERS.values() for rule in alert_group(server).rules if rule.alert
}
WORDS = {"5m": "five minutes", "10m": "ten minutes", "15m": "a quarter of an hour", "30m": "half an hour"}


def test_each_alert_has_a_page_and_each_page_an_alert() -> None:
    assert {path.stem for path in PAGES} == ALERTS.keys()
    for name, rule in ALERTS.items():
        assert rule.annotations
        assert (ROOT / rule.annotations["runbook_url"]).stem == name
        assert rule.annotations["summary"]
        assert rule.annotations["description"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_says_what_the_alert_means_and_what_to_do(page: Path) -> None:
    text = page.read_text()
    rule = ALERTS[page.stem]
    assert rule.labels
    assert rule.for_
    assert text.startswith(f"# {page.stem}\n\n`{rule.labels['severity']}`, after {WORDS[rule.for_]}.")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Meaning", "Impact", "Diagnosis", "Mitigation"]
    assert re.search(r"```\nkubectl ", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_links_of_a_page_lead_to_pages(page: Path) -> None:
    assert all((page.parent / link).exists() for link in re.findall(r"\]\(([^)]+)\)", page.read_text()))


def test_the_page_on_a_full_cache_has_the_threshold_of_its_alert() -> None:
    assert ALERTS["KvCacheNearlyFull"].expr.endswith("> 0.95")
    assert "95 %" in (ROOT / RUNBOOKS / "KvCacheNearlyFull.md").read_text()
