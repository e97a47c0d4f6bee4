"""Reference stacks: they compose the constructs and hold no logic of their own."""
