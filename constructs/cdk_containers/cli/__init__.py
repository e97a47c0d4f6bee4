"""The command `cdk-containers`. What a subcommand needs is imported when it runs."""

__all__: list[str] = []
