"""The command `cdk-containers`. A subcommand imports its dependencies when it runs."""

__all__: list[str] = []
