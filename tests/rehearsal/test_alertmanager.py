"""Alerts reach the receiver that a stack file names: a real Prometheus raises them, a real Alertmanager sends them."""

import json
import socket
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from typing_extensions import override

from offline import Recording, record
from rehearsal import releases
from rehearsal.processes import Processes
from tests.rehearsal.objects import eventually

LOOPBACK = "127.0.0.1"
MOUNTED = "/etc/alertmanager/secrets/alert-address"
KEY = "0123456789abcdef0123456789abcdef"
QUIET = ("Watchdog", "InfoInhibitor")
"""What the chart raises for no person."""


def told(to: str, folder: Path) -> Recording:
    """Return the recording of a stack whose alerts go somewhere."""
    stack = {"extends": "eks-nim", "name": "eks-nim-told", "monitoring": {"alerts": to}}
    config = {"slipway:stack": stack, "slipway:alertAddress": {"secure": "AAABAFakeAddressCiphertext=="}}
    file = folder / "Pulumi.eks-nim-told.yaml"
    file.write_text(yaml.safe_dump({"config": config}))
    return record(file)


def raised(recording: Recording) -> list[dict[str, Any]]:
    """Return the alerts of a stack, and the chart's that nobody wants to hear, so that they fire at once."""
    groups = [
        group
        for rules in recording.of("kubernetes:monitoring.coreos.com/v1:PrometheusRule")
        for group in rules.inputs["spec"]["groups"]
    ]
    own = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    return [
        *({key: rule[key] for key in ("alert", "labels", "annotations")} | {"expr": "vector(1)"} for rule in own),
        *({"alert": each, "expr": "vector(1)"} for each in QUIET),
    ]


def configuration(recording: Recording, secrets: Path, receiver: str) -> dict[str, Any]:
    """Return what a stack has Alertmanager do, with its Secret in a folder and PagerDuty's service at the receiver."""
    release = releases.release(recording, releases.PROMETHEUS_STACK)
    assert release
    text = json.dumps(release.values["alertmanager"]["config"])
    assert MOUNTED in text
    config = json.loads(text.replace(MOUNTED, str(secrets)))
    config["route"] |= {"group_wait": "10ms"}
    return {"global": {"pagerduty_url": receiver}, **config}


@contextmanager
def receiver() -> Generator[tuple[str, list[str]]]:
    """Answer as those do whom alerts reach, and note what comes."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")

        @override
        def log_message(self, format: str, *args: Any) -> None:
            pass

    with HTTPServer((LOOPBACK, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://{LOOPBACK}:{server.server_port}/", heard
        finally:
            server.shutdown()
            thread.join()


def free_address() -> str:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return f"{LOOPBACK}:{probe.getsockname()[1]}"


def written(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.mark.parametrize("to", ["slack", "pagerduty", "webhook"])
def test_every_alert_of_a_stack_reaches_the_receiver_and_what_is_for_nobody_does_not(
    to: str, binaries: Mapping[str, Path], tmp_path: Path
) -> None:
    recording, address = told(to, tmp_path), free_address()
    rules, processes = raised(recording), Processes(tmp_path)
    with receiver() as (url, heard):
        written(tmp_path / "address", KEY if to == "pagerduty" else url)
        config = written(tmp_path / "alertmanager.yaml", configuration(recording, tmp_path, url))
        groups = written(tmp_path / "rules.json", {"groups": [{"name": "all", "rules": rules}]})
        asked = {
            "global": {"evaluation_interval": "1s"},
            "rule_files": [str(groups)],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [address]}]}]},
        }
        alertmanager = [
            binaries["alertmanager"],
            f"--config.file={config}",
            f"--storage.path={tmp_path / 'state'}",
            f"--web.listen-address={address}",
            "--cluster.listen-address=",
        ]
        prometheus = [
            binaries["prometheus"],
            f"--config.file={written(tmp_path / 'prometheus.yaml', asked)}",
            f"--storage.tsdb.path={tmp_path / 'series'}",
            f"--web.listen-address={free_address()}",
            # What nobody takes is sent anew, a minute later by default.
            "--rules.alert.resend-delay=1s",
        ]
        try:
            processes.start("alertmanager", alertmanager)
            processes.start("prometheus", prometheus)
            for rule in rules:
                if rule["alert"] not in QUIET:
                    told_of = (rule["alert"], rule["annotations"]["runbook_url"], rule["labels"]["severity"])
                    eventually(lambda told_of=told_of: any(all(each in body for each in told_of) for body in heard))
            processes.check()
        finally:
            processes.stop()
    assert len(rules) > len(QUIET)
    assert not [body for body in heard if any(each in body for each in QUIET)]
    assert to != "pagerduty" or all(json.loads(body)["routing_key"] == KEY for body in heard)
