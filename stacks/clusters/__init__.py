"""The clusters that stacks run on, a module each: `cluster.provider` of a stack file chooses."""
