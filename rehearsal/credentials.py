"""Certificates, keys and the token of one control plane, made anew for each and of use to nothing else.

trustme makes the certificates: two authorities (one for the servers and clients, one for the aggregation layer, which
must be apart from it) and the leaves that they sign.
"""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import trustme

FRONT_PROXY_NAME = "front-proxy-client"
ADMINISTRATOR = "slipway"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Paths of a PEM certificate and its private key."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What the parts of a control plane prove themselves with.

    Attributes:
        authority: CA certificate of `server`.
        server: serves every listening part, and is etcd's client certificate.
        front_proxy_authority: CA certificate of `front_proxy`, by which an aggregated API server knows its caller.
        front_proxy: what the API server shows to an aggregated API server.
        service_account_key: private key that signs service account tokens.
        tokens: the API server's token file, with the administrator's token alone.
        token: the administrator's token.
        signer: issues further server certificates, for a double that the API server calls.
    """

    authority: Path
    server: KeyPair
    front_proxy_authority: Path
    front_proxy: KeyPair
    service_account_key: Path
    tokens: Path
    token: str
    signer: trustme.CA


def make(folder: Path, address: str) -> Credentials:
    """Write the credentials of a control plane that listens on `address` into `folder`, readable by its owner only."""
    folder.mkdir(mode=0o700)
    signer, front_proxy_signer = trustme.CA(), trustme.CA()
    # With a common name alone it would have a list of no other names, which Go refuses.
    front_proxy = front_proxy_signer.issue_cert(FRONT_PROXY_NAME, common_name=FRONT_PROXY_NAME)
    token = secrets.token_urlsafe(32)
    return Credentials(
        authority=_write(folder / "ca.pem", signer.cert_pem.bytes()),
        server=_key_pair(folder, "server", signer.issue_cert(address, "localhost")),
        front_proxy_authority=_write(folder / "front-proxy-ca.pem", front_proxy_signer.cert_pem.bytes()),
        front_proxy=_key_pair(folder, "front-proxy", front_proxy),
        service_account_key=_write(folder / "service-account-key.pem", signer.issue_cert("sa").private_key_pem.bytes()),
        tokens=_write(folder / "tokens.csv", f'{token},{ADMINISTRATOR},{ADMINISTRATOR},"system:masters"\n'.encode()),
        token=token,
        signer=signer,
    )


def write_kubeconfig(path: Path, url: str, credentials: Credentials, *, context: str = "rehearsal") -> Path:
    """Write a kubeconfig (JSON, which is YAML) for the administrator of the API server at `url`, with one context."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": "rehearsal", "cluster": {"server": url, "certificate-authority": str(credentials.authority)}}
        ],
        "users": [{"name": ADMINISTRATOR, "user": {"token": credentials.token}}],
        "contexts": [{"name": context, "context": {"cluster": "rehearsal", "user": ADMINISTRATOR}}],
        "current-context": context,
    }
    return _write(path, json.dumps(config, indent=1).encode())


def _key_pair(folder: Path, name: str, leaf: trustme.LeafCert) -> KeyPair:
    certificates = b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
    return KeyPair(
        _write(folder / f"{name}.pem", certificates), _write(folder / f"{name}-key.pem", leaf.private_key_pem.bytes())
    )


def _write(path: Path, content: bytes) -> Path:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    return path
