"""How every stack becomes resources, whatever its cluster and its servers. It loads the Kubernetes SDK."""

import pulumi

from slipway.serving.admission import AdmissionPolicies
from slipway.serving.namespace import ServingNamespace
from slipway.serving.ngc import NgcAccess, NgcSecrets, existing_ngc_secrets
from slipway.serving.nim.settings import KubernetesNgcKey, PulumiNgcKey
from slipway.serving.settings import KubernetesToken, PulumiToken, SecretManagerToken
from slipway.serving.site import Site
from slipway.serving.token import TokenSecret, existing_secret
from slipway.workload import Volumes
from stacks import registry
from stacks.ground import Ground
from stacks.images import REGISTRIES, own_registries
from stacks.outputs import Outputs
from stacks.safeguards import Safeguards
from stacks.stack import Stack
from stacks.surroundings import Surroundings, judged


def deploy(stack: Stack, surroundings: Surroundings) -> Outputs:
    """Create the resources of a stack, and return what it tells but for its figures."""
    if stack.registry:
        registry.use(stack.registry)
    safeguards = Safeguards(protect=stack.protected, allowed=stack.allow_replacement)
    ground = stack.ground(surroundings)
    metrics = ground.metrics()
    namespace = ServingNamespace(
        stack.name,
        stack.namespace,
        service_account=stack.service_account,
        labels=ground.load_balancers.namespace_labels if ground.load_balancers else None,
        opts=ground.opts,
    )
    site = Site(
        namespace=namespace.name,
        service_account=namespace.service_account,
        priority_class=ground.priorities.servers,
        metrics=metrics,
        storage=ground.storage(namespace.name),
        docker_hub=ground.docker_hub,
        ngc=_ngc(stack, surroundings, namespace.name, ground),
        hugging_face=_token(stack, surroundings, namespace.name, ground),
        bucket_access=ground.bucket_access(),
        api_key=surroundings.api_key,
        load_balancers=ground.load_balancers,
        groups=ground.groups,
        nim_operator=ground.nim_operator,
        device_plugin=ground.device_plugin,
    )
    series = {name: server.scaling.series for name, server in stack.servers.items()}
    AdmissionPolicies(
        stack.name,
        namespace=namespace.name,
        registries=[f"{stack.registry}/"]
        if stack.registry
        else [*REGISTRIES, ground.docker_hub, *own_registries(stack.servers.values())],
        metrics=[each for name, one in series.items() if isinstance(each := metrics.metric(one, name), str)],
        injected=ground.injected,
        operated=any(server.needs_nim_operator for server in stack.servers.values()),
        opts=ground.opts,
    )
    endpoints = {name: _serve(stack, name, site, ground) for name in stack.servers}
    outputs = ground.observe()
    safeguards.close(stack.name)
    return {**outputs, "endpoints": endpoints}


def _serve(stack: Stack, name: str, site: Site, ground: Ground) -> pulumi.Output[str]:
    server = stack.servers[name]
    return server.component()(
        name,
        server,
        nodes=ground.pools[server.pool],
        site=site,
        namespace=stack.namespace,
        models=stack.models,
        findings=(),
        opts=ground.opts,
    ).url


def _ngc(stack: Stack, surroundings: Surroundings, namespace: pulumi.Input[str], ground: Ground) -> NgcAccess | None:
    if not any(server.needs_ngc_key for server in stack.servers.values()):
        return None
    match stack.ngc:
        case PulumiNgcKey():
            key = judged(surroundings.ngc_api_key)
            return NgcSecrets(stack.name, key, namespace=namespace, opts=ground.opts).access
        case KubernetesNgcKey() as secrets:
            return existing_ngc_secrets(secrets)


def _token(stack: Stack, surroundings: Surroundings, namespace: pulumi.Input[str], ground: Ground) -> Volumes | None:
    if not stack.needs_hugging_face_token:
        return None
    match stack.token:
        case PulumiToken():
            token = judged(surroundings.hugging_face_token)
            return TokenSecret(stack.name, token, namespace=namespace, opts=ground.opts).volumes
        case KubernetesToken(secret=secret, key=key):
            return existing_secret(secret, key)
        case SecretManagerToken():
            return ground.external_token(namespace)
