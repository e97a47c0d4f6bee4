"""Containers on Amazon ECS."""
