"""The subcommands that read and change deployed resources."""
