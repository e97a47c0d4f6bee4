"""Compose files in, CDK apps made of our constructs out."""
