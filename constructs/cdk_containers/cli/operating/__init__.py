"""The subcommands that read and change what is deployed."""
