"""How a stack is built: Pulumi component resources, each with its `Args` model beside it."""
