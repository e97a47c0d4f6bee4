"""Converts AWS Copilot workspaces: reads manifests, and creates constructs of this library."""
