"""What prometheus-operator writes for Prometheus, as a Prometheus on this machine runs it.

The operator keeps the configuration in a Secret and the rules in ConfigMaps, for a pod that reads them from volumes and
has environment variables. Here the paths are a folder's, the variables those of the first pod, service discovery gets a
kubeconfig, and every time is compressed.
"""

import base64
import gzip
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import yaml

from rehearsal.client import Json
from rehearsal.clock import Clock
from rehearsal.loop import Loop
from rehearsal.metrics.compressed_promql import compressed, duration
from rehearsal.metrics.prometheus import Prometheus, PrometheusError
from rehearsal.mirror import Mirror

CONFIG_KEY = "prometheus.yaml.gz"
RULES_LABEL = "prometheus-name"
TICK_SECONDS = 0.2

DURATIONS = ("scrape_interval", "scrape_timeout", "evaluation_interval", "interval", "for", "keep_firing_for")
"""Keys whose values are durations, in the configuration and in rules."""


def read_config(secret: Json, kubeconfig: Path, rules: Path, clock: Clock) -> Json:
    """Return the configuration in the operator's Secret, made runnable here.

    Args:
        secret: the Secret as the API server has it.
        kubeconfig: with which Prometheus discovers targets.
        rules: the folder of the rule files.
        clock: compresses intervals.
    """
    text = gzip.decompress(base64.b64decode(secret["data"][CONFIG_KEY])).decode()
    name = secret["metadata"]["name"]
    for variable, value in (("$(SHARD)", "0"), ("$(POD_NAME)", f"{name}-0")):
        text = text.replace(variable, value)
    config = cast(Json, _runnable(yaml.load(text, yaml.CSafeLoader), kubeconfig, clock))
    return {**config, "rule_files": [f"{rules}/*.yaml"]}


def read_rules(config_maps: Iterable[Json], clock: Clock) -> dict[str, str]:
    """Return the rule files in the operator's ConfigMaps by name, with their times compressed.

    Raises:
        ValueError: a rule is no PromQL; the operator accepts none such.
    """
    files = {name: text for each in config_maps for name, text in sorted(each.get("data", {}).items())}
    return {name: yaml.safe_dump(_rules(yaml.load(text, yaml.CSafeLoader), clock)) for name, text in files.items()}


def _runnable(value: Any, kubeconfig: Path, clock: Clock) -> Any:
    match value:
        case dict():
            found = cast(Json, value)
            made = {
                key: duration(each, clock) if key in DURATIONS else _runnable(each, kubeconfig, clock)
                for key, each in found.items()
            }
            for discovery in made.get("kubernetes_sd_configs", ()):
                discovery["kubeconfig_file"] = str(kubeconfig)
            return made
        case list():
            return [_runnable(each, kubeconfig, clock) for each in cast("list[Any]", value)]
        case _:
            return value


def _rules(content: Json, clock: Clock) -> Json:
    def shorter(found: Mapping[str, Any]) -> Json:
        made = {key: duration(each, clock) if key in DURATIONS else each for key, each in found.items()}
        return made | ({"expr": compressed(made["expr"], clock)} if "expr" in made else {})

    groups = [{**shorter(group), "rules": [shorter(rule) for rule in group["rules"]]} for group in content["groups"]]
    return {"groups": groups}


class OperatedConfig(Loop):
    """A context manager inside which Prometheus runs what the operator writes for one Prometheus object.

    Args:
        operated: the object; its Secret and its ConfigMaps are found by its name.
        secrets: mirror of the Secrets.
        config_maps: mirror of the ConfigMaps.
        prometheus: what runs it.
        folder: where the rule files go.
        kubeconfig: with which Prometheus discovers targets.
        clock: compresses times.
    """

    def __init__(
        self,
        operated: Json,
        *,
        secrets: Mirror,
        config_maps: Mirror,
        prometheus: Prometheus,
        folder: Path,
        kubeconfig: Path,
        clock: Clock,
    ) -> None:
        self._operated, self._secrets, self._config_maps = operated["metadata"], secrets, config_maps
        self._prometheus, self._rules, self._kubeconfig, self._clock = prometheus, folder, kubeconfig, clock
        folder.mkdir()
        self._current: object = None
        super().__init__("operated configuration", TICK_SECONDS, self._follow)

    @property
    def is_written(self) -> bool:
        """Whether the operator has written a configuration."""
        return self._secret() is not None

    def _follow(self) -> None:
        secret = self._secret()
        if secret is None:
            return
        config = read_config(secret, self._kubeconfig, self._rules, self._clock)
        rules = read_rules(self._own(self._config_maps), self._clock)
        # A Prometheus that does not answer gets its configuration later, if it comes back.
        with suppress(PrometheusError):
            if (config, rules) != self._current:
                self._write(rules)
                self._prometheus.configure(config)
                self._current = (config, rules)

    def _secret(self) -> Json | None:
        wanted = f"prometheus-{self._operated['name']}"
        found = (each for each in self._secrets.objects if each["metadata"]["name"] == wanted)
        own = (each for each in found if each["metadata"]["namespace"] == self._operated["namespace"])
        return next((each for each in own if CONFIG_KEY in each.get("data", {})), None)

    def _own(self, mirror: Mirror) -> list[Json]:
        name, namespace = self._operated["name"], self._operated["namespace"]
        found = (each for each in mirror.objects if each["metadata"]["namespace"] == namespace)
        own = [each for each in found if each["metadata"].get("labels", {}).get(RULES_LABEL) == name]
        return sorted(own, key=lambda each: each["metadata"]["name"])

    def _write(self, rules: Mapping[str, str]) -> None:
        for path in self._rules.iterdir():
            path.unlink()
        for name, text in rules.items():
            (self._rules / name).write_text(text, encoding="utf-8")
