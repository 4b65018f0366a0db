"""A stack's story: its replicas start, load comes, the autoscaler moves, the load goes, everything comes back."""
