"""Manifests as types: what a file may say, with Copilot's own names. Nothing has a default; None is not given."""
