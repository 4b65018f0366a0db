"""The command lines of the control plane's parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from rehearsal.credentials import FRONT_PROXY_NAME, Credentials

STAGES = Path(__file__).parent / "stages.yaml"
SERVICE_NETWORK = "10.96.0.0/16"
SERVING = ("etcd", "etcd-peer", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
"""What listens, and needs a port each."""

# Defaults of kube-controller-manager, in seconds; a rehearsal passes all of them faster.
HPA_SECONDS = {
    "sync-period": 15,
    "downscale-stabilization": 300,
    "initial-readiness-delay": 30,
    "cpu-initialization-period": 300,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What the parts must know of each other.

    Attributes:
        address: where all of them listen.
        ports: one for each of `SERVING`.
        folder: where etcd keeps its data.
        credentials: certificates and keys.
        kubeconfig: with which the others reach the API server.
        pod_network: addresses that kwok gives to pods.
        speed: divides the periods of the HPA controller.
    """

    address: str
    ports: Mapping[str, int]
    folder: Path
    credentials: Credentials
    kubeconfig: Path
    pod_network: IPv4Network
    speed: float

    def url(self, part: str) -> str:
        """Return where `part` listens."""
        return f"https://{self.address}:{self.ports[part]}"


def etcd(wiring: Wiring) -> list[str]:
    """Return etcd's flags; durability is given up, as the data lives no longer than the rehearsal."""
    server = wiring.credentials.server
    return [
        f"--data-dir={wiring.folder / 'etcd'}",
        f"--listen-client-urls={wiring.url('etcd')}",
        f"--advertise-client-urls={wiring.url('etcd')}",
        f"--listen-peer-urls={wiring.url('etcd-peer')}",
        f"--initial-advertise-peer-urls={wiring.url('etcd-peer')}",
        f"--initial-cluster=default={wiring.url('etcd-peer')}",
        *(
            flag
            for side in ("", "peer-")
            for flag in (
                f"--{side}cert-file={server.certificate}",
                f"--{side}key-file={server.key}",
                f"--{side}trusted-ca-file={wiring.credentials.authority}",
                f"--{side}client-cert-auth",
            )
        ),
        "--unsafe-no-fsync",
        "--log-level=warn",
    ]


def kube_apiserver(wiring: Wiring) -> list[str]:
    """Return the API server's flags: tokens and RBAC as in a cluster, with the aggregation layer.

    Endpoints of the `kubernetes` Service are not kept, as they may not be loopback addresses.
    """
    secrets = wiring.credentials
    return [
        f"--bind-address={wiring.address}",
        f"--secure-port={wiring.ports['kube-apiserver']}",
        f"--advertise-address={wiring.address}",
        "--endpoint-reconciler-type=none",
        f"--etcd-servers={wiring.url('etcd')}",
        f"--etcd-cafile={secrets.authority}",
        f"--etcd-certfile={secrets.server.certificate}",
        f"--etcd-keyfile={secrets.server.key}",
        f"--tls-cert-file={secrets.server.certificate}",
        f"--tls-private-key-file={secrets.server.key}",
        f"--client-ca-file={secrets.authority}",
        f"--token-auth-file={secrets.tokens}",
        "--anonymous-auth=false",
        "--authorization-mode=RBAC",
        "--allow-privileged",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-signing-key-file={secrets.service_account_key}",
        f"--service-account-key-file={secrets.service_account_key}",
        f"--service-cluster-ip-range={SERVICE_NETWORK}",
        f"--proxy-client-cert-file={secrets.front_proxy.certificate}",
        f"--proxy-client-key-file={secrets.front_proxy.key}",
        f"--requestheader-client-ca-file={secrets.front_proxy_authority}",
        f"--requestheader-allowed-names={FRONT_PROXY_NAME}",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    ]


def kube_controller_manager(wiring: Wiring) -> list[str]:
    """Return the controllers' flags: each has its own service account, so a missing permission shows."""
    secrets = wiring.credentials
    return [
        *_client(wiring, "kube-controller-manager"),
        "--use-service-account-credentials",
        f"--service-account-private-key-file={secrets.service_account_key}",
        f"--root-ca-file={secrets.authority}",
        *(
            f"--horizontal-pod-autoscaler-{name}={seconds / wiring.speed * 1000:.0f}ms"
            for name, seconds in HPA_SECONDS.items()
        ),
    ]


def kube_scheduler(wiring: Wiring) -> list[str]:
    """Return the scheduler's flags; its profile is the default one."""
    return _client(wiring, "kube-scheduler")


def kwok(wiring: Wiring) -> list[str]:
    """Return kwok's flags: every node is its own, and it listens nowhere."""
    return [
        f"--kubeconfig={wiring.kubeconfig}",
        f"--config={STAGES}",
        "--manage-all-nodes",
        "--node-lease-duration-seconds=40",
        f"--node-ip={wiring.address}",
        f"--cidr={wiring.pod_network}",
    ]


def _client(wiring: Wiring, part: str) -> list[str]:
    server = wiring.credentials.server
    return [
        f"--kubeconfig={wiring.kubeconfig}",
        f"--authentication-kubeconfig={wiring.kubeconfig}",
        f"--authorization-kubeconfig={wiring.kubeconfig}",
        f"--bind-address={wiring.address}",
        f"--secure-port={wiring.ports[part]}",
        f"--tls-cert-file={server.certificate}",
        f"--tls-private-key-file={server.key}",
        "--leader-elect=false",
        # Unthrottled, the controllers are all there three seconds sooner.
        "--kube-api-qps=1000",
        "--kube-api-burst=1000",
    ]
