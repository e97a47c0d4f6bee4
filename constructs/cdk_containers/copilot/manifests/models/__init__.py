"""Types of manifests, with Copilot's names. No field has a default value; None means not set."""
