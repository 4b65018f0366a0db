"""Doubles of the programs by which a kubeconfig signs in: they print the administrator's token of the control plane."""

import json
from pathlib import Path

from rehearsal.credentials import Credentials

PROGRAMS = ("aws", "gke-gcloud-auth-plugin")


def write(folder: Path, credentials: Credentials) -> Path:
    """Write the programs into a new folder, for the front of a PATH, and return it."""
    folder.mkdir(mode=0o700)
    answer = json.dumps(
        {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "kind": "ExecCredential",
            "status": {"token": credentials.token},
        }
    )
    for name in PROGRAMS:
        path = folder / name
        path.write_text(f"#!/bin/sh\necho '{answer}'\n", encoding="utf-8")
        path.chmod(0o700)
    return folder
