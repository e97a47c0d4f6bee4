"""Converts compose files to CDK apps with constructs of this library."""
