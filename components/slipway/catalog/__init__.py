"""Facts as frozen tables, each row with its source. Imports nothing of Pulumi and nothing of the project."""
