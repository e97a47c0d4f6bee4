"""Reference stacks: they compose the constructs and contain no other logic."""
