"""The checks inside a CDK app: a validation plugin."""

__all__: list[str] = []
