"""Dashboards from the catalog: what of an engine's series is worth a chart, and how Grafana shows it."""
