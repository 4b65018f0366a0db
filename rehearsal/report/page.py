"""A report as one HTML page that needs no network and no script."""

import re
from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template

from rehearsal.report.content import Report, ServerFacts
from rehearsal.report.figures import FigureSvg, figures
from rehearsal.story.verdict import Verdict

CODE = re.compile(r"`([^`]+)`")
TEMPLATE = Path(__file__).parent / "page.html"


def write(report: Report, folder: Path) -> Path:
    """Write `report.json` and `index.html` into a folder, which is made if need be, and return the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(report.to_json(), encoding="utf-8")
    path = folder / "index.html"
    path.write_text(page(report), encoding="utf-8")
    return path


def page(report: Report) -> str:
    """Return the page."""
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        stack=escape(report.stack),
        outcome="everything held" if report.ok else "a link broke",
        about=escape(_about(report)),
        verdicts="\n".join(map(_verdict, report.verdicts)),
        figures="\n".join(_figure(each) for server in report.servers for each in figures(report, server)),
        real=_items([*report.real, ", ".join(f"{name} {version}" for name, version in report.versions.items())]),
        doubles=_items(report.doubles),
        changes=_items(report.changes),
        not_rehearsed=_items(report.not_rehearsed or ["nothing was left out"]),
        parameters="\n".join(row for server in report.servers for row in _rows(server)),
    )


def _about(report: Report) -> str:
    loads = ", ".join(
        f"{server.name} got {server.clients} clients with {server.concurrency} requests each, which ask for "
        f"{server.expected} replicas of at most {server.maximum} by the model's average"
        for server in report.servers
    )
    return (
        f"Played on {report.played} in {report.seconds:.0f} s at {report.speed:g} times the speed: scrapes, the "
        f"autoscaler's periods, load times and nodes alike, so a second of this machine's own work shows as "
        f"{report.speed:g} s. {loads or 'No server was loaded'}."
    )


def _verdict(verdict: Verdict) -> str:
    if verdict.broken is None:
        return f'<li class="ok">{_text(verdict.text)}</li>'
    return f'<li class="broken"><strong>{escape(verdict.broken)}</strong>: {_text(verdict.text)}</li>'


def _text(text: str) -> str:
    """Return a text with what stands between backticks as code."""
    return CODE.sub(r"<code>\1</code>", escape(text))


def _figure(figure: FigureSvg) -> str:
    return f"<figure><figcaption>{escape(figure.title)}</figcaption>{figure.svg}</figure>"


def _items(lines: Iterable[str]) -> str:
    return "".join(f"<li>{escape(line)}</li>" for line in lines)


def _rows(server: ServerFacts) -> Iterable[str]:
    for each in server.parameters:
        yield (
            f"<tr><td>{escape(server.name)}: {escape(each.name)}</td><td>{escape(each.value)}</td>"
            f"<td>{escape(each.source)}</td></tr>"
        )
