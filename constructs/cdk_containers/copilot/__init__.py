"""AWS Copilot's workspaces: manifests in, the constructs of this library out."""
