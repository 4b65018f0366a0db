"""What a cluster needs before servers can scale in it."""
