"""What a project of Google Cloud answers: its APIs, the caller's permissions, versions and nodes. It is only read.

Sources: the reference of Service Usage v1 (`services.batchGet`), Cloud Resource Manager v1
(`projects.testIamPermissions`), Kubernetes Engine v1 (`projects.locations.getServerConfig`) and Secret Manager v1
(`projects.secrets.versions.get`, which has no value).
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

from offline import Recording
from preflight import google_nodes
from preflight.command import output
from preflight.google_api import GoogleApi, refusal
from preflight.google_permissions import PERMISSIONS
from preflight.nodes import pools, system_nodes
from preflight.question import Answer, CredentialsError, Question
from preflight.web import Web
from slipway.checks import Finding

NAME = "Google Cloud"
SIGN_IN = "gcloud auth application-default login"


def questions(recording: Recording, web: Web) -> Iterator[Question]:
    """Yield what to ask the project of a stack; nothing where it has none."""
    for provider in recording.of("pulumi:providers:gcp"):
        api = GoogleApi(provider.inputs["project"], provider.inputs["region"], web, _token())
        yield Question("APIs of the project", "gcp:project", partial(_apis, api, recording))
        yield Question("your permissions", "gcp:project", partial(_permissions, api, recording))
        for cluster in recording.of("gcp:container/cluster:Cluster"):
            place, channel = cluster.inputs["location"], cluster.inputs["releaseChannel"]["channel"]
            lowest = cluster.inputs.get("minMasterVersion")
            yield Question("versions of GKE", "cluster.minVersion", partial(_version, api, place, channel, lowest))
        for member in recording.of("gcp:storage/bucketIAMMember:BucketIAMMember"):
            if not recording.of("gcp:storage/bucket:Bucket"):
                bucket = member.inputs["bucket"]
                yield Question(f"bucket {bucket}", "weights.bucket", partial(_bucket, api, bucket))
        for member in recording.of("gcp:secretmanager/secretIamMember:SecretIamMember"):
            secret = member.inputs["secretId"]
            yield Question(f"secret {secret}", "huggingFace.secret", partial(_secret, api, secret))
        yield from google_nodes.questions(pools(recording, "gke"), system_nodes(recording), api)


def _token() -> Callable[[], str]:
    """Return what gives an access token: that of the credentials that Pulumi uses, else that of gcloud itself."""

    @cache
    def token() -> str:
        try:
            return output(["gcloud", "auth", "application-default", "print-access-token", "--quiet"], SIGN_IN).strip()
        except CredentialsError:
            return output(["gcloud", "auth", "print-access-token", "--quiet"], SIGN_IN).strip()

    return token


def _apis(api: GoogleApi, recording: Recording) -> Answer:
    names = sorted({each.inputs["service"] for each in recording.of("gcp:projects/service:Service")})
    parent = f"projects/{api.project}"
    query = urlencode([("names", f"{parent}/services/{name}") for name in names])
    found: Sequence[dict[str, Any]] = api.get("serviceusage", f"v1/{parent}/services:batchGet?{query}").get(
        "services", []
    )
    enabled = {each["name"].rpartition("/")[2] for each in found if each.get("state") == "ENABLED"}
    text = f"{len(enabled)} of {len(names)} enabled"
    if not (missing := [name for name in names if name not in enabled]):
        return Answer(text)
    message = f"not enabled yet in {api.project}: {', '.join(missing)}; until then their questions have no answer"
    remedy = f"gcloud services enable {' '.join(missing)} --project {api.project}, or leave it to pulumi up"
    return Answer(text, (Finding("preflight.apis", "gcp:project", message, remedy, "warning"),))


def _permissions(api: GoogleApi, recording: Recording) -> Answer:
    types = {each.type for each in recording.resources}
    needed = {permission: role for type_, rows in PERMISSIONS.items() if type_ in types for permission, role in rows}
    path = f"v1/projects/{api.project}:testIamPermissions"
    held = api.post("cloudresourcemanager", path, {"permissions": sorted(needed)}).get("permissions", [])
    missing = sorted(set(needed) - set(held))
    text = f"{len(needed) - len(missing)} of {len(needed)} held on {api.project}"
    if not missing:
        return Answer(text)
    roles = sorted({needed[permission] for permission in missing})
    message = f"you lack {', '.join(missing)} on {api.project}"
    one = f"gcloud projects add-iam-policy-binding {api.project} --member user:<you> --role"
    remedy = f"have somebody give you {', '.join(roles)}: {one} {roles[0]}"
    return Answer(text, (Finding("preflight.permissions", "gcp:project", message, remedy),))


def _bucket(api: GoogleApi, bucket: str) -> Answer:
    permission = "storage.buckets.setIamPolicy"
    path = f"storage/v1/b/{bucket}/iam/testPermissions?{urlencode({'permissions': permission})}"
    reply = api.reply("storage", path)
    if reply.status == 200 and permission in reply.document().get("permissions", []):
        return Answer("there, and you may let pods into it")
    if reply.status == 404:
        message, remedy = f"there is no bucket {bucket}", "correct its name, or leave it out for one of the stack's own"
    elif reply.status in (200, 403):
        message = f"you lack {permission} on {bucket}, or it is somebody else's: pods cannot be let into it"
        one = f"gcloud storage buckets add-iam-policy-binding gs://{bucket}"
        remedy = f"{one} --member user:<you> --role roles/storage.admin"
    else:
        raise refusal(reply)
    return Answer("not yours to open", (Finding("preflight.bucket", "weights.bucket", message, remedy),))


def _secret(api: GoogleApi, secret: str) -> Answer:
    reply = api.reply("secretmanager", f"v1/projects/{api.project}/secrets/{secret}/versions/latest")
    if reply.status not in (200, 404):
        raise refusal(reply)
    state = reply.document().get("state") if reply.status == 200 else None
    if state == "ENABLED":
        return Answer("there, and its latest version is enabled")
    what = f"its latest version is {state}" if state else "it has no version, or is not there"
    message = f"secret {secret} of {api.project}: {what}; pods wait for it"
    create = f"gcloud secrets create {secret} --project {api.project} --data-file <file>"
    remedy = f"{create}, or gcloud secrets versions add where it is there"
    return Answer("not to be read", (Finding("preflight.secret", "huggingFace.secret", message, remedy),))


def _version(api: GoogleApi, location: str, channel: str, lowest: str | None) -> Answer:
    config = api.get("container", f"v1/projects/{api.project}/locations/{location}/serverConfig")
    channels: dict[str, list[str]] = {each["channel"]: each["validVersions"] for each in config["channels"]}
    offered = channels.get(channel, [])
    text = " to ".join([*offered[-1:], *offered[:1]]) or "none"
    if lowest is None or any(_parts(each) >= _parts(lowest) for each in offered):
        return Answer(text)
    message = f"{lowest} is not on offer: channel {channel} in {location} has {', '.join(offered) or 'nothing'}"
    remedy = "write a lower one, or another releaseChannel: gcloud container get-server-config --location " + location
    return Answer(text, (Finding("preflight.version", "cluster.minVersion", message, remedy),))


def _parts(version: str) -> tuple[int, ...]:
    """Return the numbers of a version as they are compared: of `1.36.2-gke.100` all four."""
    return tuple(int(part) for part in version.replace("-gke", "").split("."))
