"""What stacks with GPU nodes have in common, whoever made their cluster."""
