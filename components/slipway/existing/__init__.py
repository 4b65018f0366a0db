"""A cluster that is there already: how Pulumi reaches it, and what is known of its nodes."""
