"""Whether the nodes of a stack can be had on Compute Engine: quota, machine types by zone, reservations.

Sources: the reference of Cloud Quotas v1 (`quotaInfos.get`; a dimension that a row does not name is any), of Compute
Engine v1 (`machineTypes.get`, `reservations.get`). What a quota is called follows from its metric: `NVIDIA_L4_GPUS` is
`NVIDIA-L4-GPUS-per-project-region`. `CPUS` counts the vCPUs of E2 and N1 machines; other families have quotas of their
own, which are not asked.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from preflight.google_api import GoogleApi, refusal
from preflight.nodes import Pool, wanted
from preflight.question import Answer, Question
from slipway.catalog.quotas import QUOTAS
from slipway.checks import Finding

OF_A_FAMILY = re.compile(r"(?P<metric>(?P<kind>TPU|GPU)S_PER_\w+) \((?P<family>\w+)\)")


SHARED_CPUS = ("e2", "n1")
"""Families whose vCPUs the quota `CPUS` counts."""


def questions(pools: Sequence[Pool], system: Iterable[tuple[str, int]], api: GoogleApi) -> Iterator[Question]:
    """Yield what to ask about the pools' nodes, and about machine type and most nodes of those without chips."""
    for key, chips in wanted(list(pools)).items():
        quota = QUOTAS[key]
        path = f"quota.{key}"
        yield Question(f"quota {quota.name}", path, partial(_quota, api, path, quota.name, chips, "chips"))
    shared = [(name, most) for name, most in system if name.partition("-")[0] in SHARED_CPUS]
    if vcpus := sum(most * int(name.rpartition("-")[2]) for name, most in shared if name[-1].isdigit()):
        path = "cluster.systemPool.maxNodes"
        yield Question("quota CPUS", path, partial(_quota, api, path, "CPUS", vcpus, "vCPUs"))
    for pool in pools:
        for zone in pool.zones:
            path = f"{pool.path}.zones"
            yield Question(f"{pool.machine.name} in {zone}", path, partial(_machine, api, pool, zone))
        if pool.reservation:
            path = f"{pool.path}.capacity"
            yield Question(f"reservation {pool.reservation}", path, partial(_reservation, api, pool, pool.reservation))


def _quota(api: GoogleApi, path: str, quota: str, most: int, unit: str) -> Answer:
    family = OF_A_FAMILY.fullmatch(quota)
    metric = family["metric"] if family else quota
    dimensions = {"region": api.region}
    if family:
        dimensions[f"{family['kind'].lower()}_family"] = family["family"]
    name = f"{metric.replace('_', '-')}-per-project-region"
    infos = f"v1/projects/{api.project}/locations/global/services/compute.googleapis.com/quotaInfos/{name}"
    limit = _limit(api.get("cloudquotas", infos).get("dimensionsInfos", []), dimensions)
    text = f"{most} {unit} at most, {_shown(limit)} allowed"
    if limit is None or most <= limit:
        return Answer(text)
    message = f"{most} {unit} are taken at most, and {name} allows {limit} in {api.region}"
    asked = ",".join(f"{key}={value}" for key, value in dimensions.items())
    raised = f"gcloud quotas preferences create --service compute.googleapis.com --project {api.project}"
    remedy = f"{raised} --quota-id {name} --dimensions {asked} --preferred-value {most}, or lower maxNodes"
    return Answer(text, (Finding("preflight.quota", path, message, remedy),))


def _limit(rows: Sequence[Mapping[str, Any]], wanted: Mapping[str, str]) -> int | None:
    """Return the value of the row that names most of the wanted dimensions and no others; None is no limit."""
    fitting = [row for row in rows if all(wanted.get(k) == v for k, v in row.get("dimensions", {}).items())]
    if not fitting:
        return 0
    value = int(max(fitting, key=lambda row: len(row.get("dimensions", {})))["details"]["value"])
    return None if value < 0 else value


def _shown(limit: int | None) -> str:
    return "any number" if limit is None else str(limit)


def _machine(api: GoogleApi, pool: Pool, zone: str) -> Answer:
    name = pool.machine.name
    reply = api.reply("compute", f"compute/v1/projects/{api.project}/zones/{zone}/machineTypes/{name}")
    if reply.status == 200:
        return Answer("offered")
    if reply.status != 404:
        raise refusal(reply)
    message = f"{name} is not offered in {zone}"
    remedy = f"gcloud compute machine-types list --filter name={name} says where it is"
    return Answer("not offered", (Finding("preflight.machine", f"{pool.path}.zones", message, remedy),))


def _reservation(api: GoogleApi, pool: Pool, reservation: str) -> Answer:
    """A shared reservation is named with its project: `projects/<project>/reservations/<name>`."""
    parts = reservation.split("/")
    project, name = (parts[1], parts[3]) if len(parts) >= 4 else (api.project, reservation)
    replies = {
        zone: api.reply("compute", f"compute/v1/projects/{project}/zones/{zone}/reservations/{name}")
        for zone in pool.zones
    }
    if refused := [reply for reply in replies.values() if reply.status not in (200, 404)]:
        raise refusal(refused[0])
    found = [reply.document() for reply in replies.values() if reply.status == 200]
    if not found:
        text, message = "not there", f"there is no reservation {name} of {project} in {', '.join(pool.zones)}"
        return Answer(text, (_of_reservation(pool, message),))
    specific = found[0].get("specificReservation", {})
    count, used = int(specific.get("count", 0)), int(specific.get("inUseCount", 0))
    machine = specific.get("instanceProperties", {}).get("machineType", "").rpartition("/")[2]
    wrong: list[str] = []
    if machine and machine != pool.machine.name:
        wrong.append(f"{name} holds {machine}, and the pool asks for {pool.machine.name}")
    if count < pool.max_nodes:
        wrong.append(f"{name} has {count} machines, and the pool {pool.max_nodes} nodes at most")
    text = f"{count} {machine or 'machines of any type'}, {used} in use"
    if end := found[0].get("deleteAtTime"):
        text += f", until {str(end)[:16]}"
        if datetime.fromisoformat(str(end)) <= datetime.now(UTC):
            wrong.append(f"{name} has ended on {str(end)[:16]}")
    return Answer(text, tuple(_of_reservation(pool, message) for message in wrong))


def _of_reservation(pool: Pool, message: str) -> Finding:
    remedy = "name another one, or have it enlarged: gcloud compute reservations list shows all"
    return Finding("preflight.reservation", f"{pool.path}.capacity", message, remedy)
