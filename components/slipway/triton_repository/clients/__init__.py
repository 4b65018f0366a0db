"""Clients of the Llama 2 repositories: they need Python alone, and for some ways a package that they name.

They run here, and as copies of these files anywhere: `python3 -m clients.ask` beside the folder `clients`. Nothing here
imports the rest of the project.
"""
