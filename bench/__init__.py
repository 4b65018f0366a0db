"""What a preview costs: against a program without any of this repository's code, and as the stack grows."""
