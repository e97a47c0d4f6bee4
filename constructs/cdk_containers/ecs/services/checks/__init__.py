"""Checks of combinations of options of a service, one module for each topic."""

__all__: list[str] = []
