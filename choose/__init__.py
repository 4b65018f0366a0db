"""From a model and a load to machines and a stack file: every candidate is judged as the stack that it would be."""
