"""What Alertmanager is set to: who is told of alerts, and how they are put together. Plain data."""

from typing import Any

from slipway.addons.settings import AlertsTo
from slipway.addons.spread import spread

SECRET, KEY = "alert-address", "address"
"""The Secret with the receiver's address, which the operator mounts into Alertmanager by its name."""

REPLICAS = 2
"""They tell each other what they have sent and what is silenced."""

NOBODY = "null"
"""The chart's own receiver of alerts that are for no person."""

_FILE = f"/etc/alertmanager/secrets/{SECRET}/{KEY}"
_TEXT = "".join(
    (
        "{{ range .Alerts }}",
        *(f"{{{{ .Annotations.{each} }}}}\n" for each in ("summary", "description", "runbook_url")),
        "{{ end }}",
    )
)
_RECEIVERS: dict[AlertsTo, dict[str, Any]] = {
    "slack": {"slack_configs": [{"api_url_file": _FILE, "send_resolved": True, "text": _TEXT}]},
    "pagerduty": {
        "pagerduty_configs": [{"routing_key_file": _FILE, "severity": '{{ or .CommonLabels.severity "error" }}'}]
    },
    "webhook": {"webhook_configs": [{"url_file": _FILE, "send_resolved": True}]},
}


def alertmanager_values(to: AlertsTo | None, *, priority_class: object) -> dict[str, Any]:
    """Return the values of kube-prometheus-stack that decide about Alertmanager.

    https://prometheus.io/docs/alerting/latest/configuration/ has the keys of its configuration.
    """
    if to is None:
        return {
            "alertmanager": {"enabled": False},
            "defaultRules": {"disabled": {"PrometheusNotConnectedToAlertmanagers": True}},
        }
    return {
        "alertmanager": {
            "enabled": True,
            "config": {
                "route": {
                    "receiver": to,
                    "group_by": ["alertname", "namespace", "server", "severity"],
                    # It fires always, or only to hush others.
                    "routes": [{"receiver": NOBODY, "matchers": ['alertname =~ "Watchdog|InfoInhibitor"']}],
                },
                "receivers": [{"name": NOBODY}, {"name": to, **_RECEIVERS[to]}],
            },
            "alertmanagerSpec": {
                "replicas": REPLICAS,
                "secrets": [SECRET],
                "priorityClassName": priority_class,
                "topologySpreadConstraints": spread({"app.kubernetes.io/name": "alertmanager"}),
                "resources": {"requests": {"cpu": "50m", "memory": "100Mi"}},
            },
            "podDisruptionBudget": {"enabled": True},
        }
    }
