"""Subjects of the folder of the same name."""
