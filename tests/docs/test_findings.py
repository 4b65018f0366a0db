"""The page of findings lists each code that the source has, with what it says."""

import os
import re

from tests.docs.findings import PAGE, makers, page, stated


def test_the_page_lists_every_finding() -> None:
    if os.environ.get("UPDATE_FINDINGS"):
        PAGE.write_text(page(), "utf-8")
    assert PAGE.read_text("utf-8") == page(), "run UPDATE_FINDINGS=1 python -m pytest tests/docs/test_findings.py"


def test_no_finding_is_without_a_code_that_the_page_has() -> None:
    assert len(stated()) > 250
    assert not [place for place, codes in makers() if not codes]


def test_most_findings_are_shown_in_words() -> None:
    silent = [each.code for each in stated().values() if not re.search(r"[a-z]{3}", each.message)]
    assert len(silent) < len(stated()) / 10, silent
