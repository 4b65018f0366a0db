"""Reads what the templates of a chart ask for; `python -m catalog.charts.refresh` is the command."""
