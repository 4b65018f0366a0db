"""Reads what the templates of a chart ask for; `python -m slipway.catalog.charts.refresh` is the command."""
