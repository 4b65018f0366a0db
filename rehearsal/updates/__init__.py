"""`pulumi up`, `refresh` and `destroy` by the real Pulumi engine: the unmodified program against doubles of the clouds.

Its state, its configuration and its plugins' folder lie in the rehearsal's own folder; nothing of the user's Pulumi is
read or touched, and nothing leaves the machine.
"""
