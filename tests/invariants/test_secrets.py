"""No stack shows a secret. Docstrings name the failure modes (F) that a test guards against."""

import re

from offline import SECRET, Recording
from tests.invariants.objects import RELEASE, containers, leaves, pods

LOOKS_SECRET = re.compile(r"hf_[A-Za-z0-9]{20,}|AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|AAABAFake")


def test_no_secret_is_in_plain_sight(recording: Recording) -> None:
    found = [
        f"{resource.urn}: {path}"
        for resource in recording.resources
        for path, value in leaves(resource.inputs)
        if isinstance(value, str) and LOOKS_SECRET.search(value)
    ]
    assert not found, "\n".join(found)


def test_secrets_of_kubernetes_hold_nothing_but_secrets(recording: Recording) -> None:
    """F27."""
    plain = [
        f"{resource.urn}: {path}"
        for resource in recording.of("kubernetes:core/v1:Secret")
        for path, value in leaves(resource.inputs.get("stringData", {}) | resource.inputs.get("data", {}))
        if value != SECRET
    ]
    assert not plain, "\n".join(plain)


def test_no_environment_variable_holds_a_secret(recording: Recording) -> None:
    shown = [
        f"{owner.urn}: {variable['name']}"
        for owner, pod in pods(recording)
        for container in containers(pod)
        for variable in container.get("env", [])
        if variable.get("value") == SECRET
    ]
    assert not shown, "\n".join(shown)


def test_no_release_is_given_a_secret(recording: Recording) -> None:
    """Charts render values in plain text, and a release keeps them. F27."""
    given = [
        f"{release.urn}: {path}"
        for release in recording.of(RELEASE)
        for path, value in leaves(release.inputs.get("values", {}))
        if value == SECRET
    ]
    assert not given, "\n".join(given)
