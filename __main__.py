"""Deploy the stack that the selected stack file describes."""

import pulumi

import stacks

config = pulumi.Config()


def secret(key: str) -> pulumi.Output[str] | None:
    """Return a secret, or nothing where it is unset or empty, as Pulumi.yaml declares it."""
    return config.get_secret(key) if config.get(key) else None


surroundings = stacks.Surroundings(
    project=pulumi.Config("gcp").get("project"),
    profile=pulumi.Config("aws").get("profile"),
    hugging_face_token=secret("huggingFaceToken"),
    ngc_api_key=secret("ngcApiKey"),
    kubeconfig=secret("kubeconfig"),
    api_key=secret("apiKey"),
    alert_address=secret("alertAddress"),
    alert_receivers=stacks.alert_receivers(config.get("alertAddress") or ""),
)
loaded = stacks.load(config.get_object("stack"), surroundings)
for name, value in stacks.deploy(loaded.settings, surroundings).items():
    pulumi.export(name, value)
