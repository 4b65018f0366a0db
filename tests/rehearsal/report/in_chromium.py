"""The report in a real browser, on a phone's screen. A tier of its own, as it needs `chromium` on PATH.

Run it by its name: `python -m pytest tests/rehearsal/report/in_chromium.py`.
"""

import json
import re
import subprocess
from html import unescape
from pathlib import Path

from rehearsal import report
from tests.rehearsal.report.stories import told

PHONE_WIDTH = 390
PROBE = """<!doctype html><iframe src="index.html" style="width:{width}px;height:4000px;border:0"></iframe><pre></pre>
<script>
onload = () => {{
  const page = document.querySelector("iframe").contentDocument;
  const figures = [...page.querySelectorAll("figure svg")].map((figure) => {{
    const box = figure.getBoundingClientRect();
    const texts = [...figure.querySelectorAll("text")].filter((text) => text.getBoundingClientRect().width > 0);
    const curves = [...figure.querySelectorAll("path[clip-path]")].map((curve) => curve.getTotalLength());
    return {{width: box.width, height: box.height, texts: texts.length, longest: Math.max(...curves)}};
  }});
  document.querySelector("pre").textContent = JSON.stringify({{scroll: page.documentElement.scrollWidth, figures}});
}};
</script>
"""


def test_a_phone_shows_the_figures_without_scrolling_sideways(tmp_path: Path) -> None:
    report.write(told(broken=False), tmp_path)
    probe = tmp_path / "probe.html"
    probe.write_text(PROBE.format(width=PHONE_WIDTH), encoding="utf-8")
    browser = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"]
    options = [f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=5000", "--dump-dom"]
    shown = subprocess.run(
        [*browser, *options, probe.as_uri()], capture_output=True, text=True, check=True, timeout=120
    ).stdout
    found = re.search(r"<pre>(\{.*\})</pre>", shown, re.DOTALL)
    assert found, shown
    seen = json.loads(unescape(found[1]))
    assert seen["scroll"] <= PHONE_WIDTH
    assert len(seen["figures"]) == 5
    for figure in seen["figures"]:
        assert 300 < figure["width"] <= PHONE_WIDTH
        assert figure["height"] > 150
        assert figure["texts"] >= 5
        assert figure["longest"] > 50
