"""The report: its JSON, and the page as a parser sees it."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typing_extensions import override

from rehearsal import report
from rehearsal.report.page import page
from rehearsal.story.told import Act
from rehearsal.story.verdict import Verdict
from tests.rehearsal.report.stories import told


class Page(HTMLParser):
    """The elements of a page, its links, and the text in each figure."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.links: list[str] = []
        self.figures: list[str] = []
        self.curves: list[int] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == [], "every element is closed"

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta",):
            self._open.append(tag)
        self.elements.append(tag)
        if tag == "figure":
            self.figures.append("")
            self.curves.append(0)
        if tag == "path" and "figure" in self._open and any("clip-path" in name for name, _ in attrs):
            self.curves[-1] += 1
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href")]

    @override
    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag != "meta":
            assert self._open.pop() == tag

    @override
    def handle_data(self, data: str) -> None:
        if "figure" in self._open:
            self.figures[-1] += data


def test_the_page_has_the_articles_figures_with_their_curves() -> None:
    found = Page(page(told(broken=False)))
    assert found.elements.count("svg") == len(found.figures) == 5
    signal, nodes, requests, first_token, tokens = found.figures
    for text in ("autoscaler's signal", "target 5", "wanted", "Ready", "replicas"):
        assert text in signal
    assert "v6e" in nodes
    assert "waiting" in requests
    assert "running" in requests
    assert "seconds" in first_token
    assert "tokens a second" in tokens
    assert all(curves > 0 for curves in found.curves)


def test_names_of_acts_that_begin_at_nearly_the_same_time_stand_in_lines_of_their_own() -> None:
    story = told(broken=False)
    svg = page(replace(story, acts={Act.START: 0.0, Act.LOAD: 300.0, Act.HOLD: 302.0, Act.REST: 310.0}))
    start, load, hold, rest = (height_of(name, svg) for name in ("start", "load", "hold", "rest"))
    assert start == load > hold > rest


def height_of(text: str, svg: str) -> float:
    """Return how far below a figure's top the first text is that reads so."""
    found = re.search(rf'<text [^>]*y="([\d.]+)"[^>]*>{text}</text>', svg)
    assert found
    return float(found[1])


def test_commands_in_verdicts_are_shown_as_code() -> None:
    story = told(broken=False)
    text = page(replace(story, verdicts=[Verdict("a second `pulumi up` changed <none> of it")]))
    assert "a second <code>pulumi up</code> changed &lt;none&gt; of it" in text


def test_the_page_needs_no_network_and_no_script() -> None:
    found = Page(page(told(broken=False)))
    assert not {"script", "link", "img", "iframe", "object"} & set(found.elements)
    assert all(link.startswith("#") for link in found.links)


def test_the_page_is_laid_out_for_phones() -> None:
    text = page(told(broken=False))
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in text
    assert 'width="' not in text[: text.index("<svg")]


def test_the_page_says_what_was_real_and_what_a_double() -> None:
    text = page(told(broken=False))
    for words in ("What was real", "etcd", "kubernetes v1.36.4", "What was a double", "engines", "22 gcp resources"):
        assert words in text
    assert "everything held" in text


def test_a_broken_link_is_named_and_what_it_says_is_escaped() -> None:
    text = page(told(broken=True))
    assert "a link broke" in text
    assert "<strong>not scraped</strong>: nothing scrapes the pods of &lt;llama&gt;" in text


def test_a_story_that_broke_before_anything_was_seen_has_a_page_without_figures(tmp_path: Path) -> None:
    empty = replace(told(broken=True), observations=[])
    assert Page(report.write(empty, tmp_path).read_text(encoding="utf-8")).figures == []


@pytest.mark.parametrize("broken", [False, True])
def test_the_json_holds_everything_that_was_seen(tmp_path: Path, broken: bool) -> None:
    report.write(told(broken=broken), tmp_path / "new" / "folder")
    content = json.loads((tmp_path / "new" / "folder" / "report.json").read_text(encoding="utf-8"))
    assert content["ok"] is not broken
    assert content["acts"] == {"start": 0.0, "load": 120.0, "hold": 300.0, "rest": 360.0}
    assert [each["signal"] for each in content["observations"]] == [None, 160.0, 16.0, 0.0]
    assert [each["broken"] for each in content["verdicts"]] == [None, "not scraped"][: 1 + broken]
    assert content["servers"][0]["parameters"][0]["source"] == "--max-num-seqs of the pod"
