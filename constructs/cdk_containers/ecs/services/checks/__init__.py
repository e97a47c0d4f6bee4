"""What is wrong with the options of a service, seen together: one module for each kind of thing that must agree."""

__all__: list[str] = []
