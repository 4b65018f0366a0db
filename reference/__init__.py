"""Pages that the program writes of itself: every key of a stack file, and all that the catalog and the checks know."""
