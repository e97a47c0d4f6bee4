"""Practices for the other ways in which AWS runs containers: Managed Instances, Express, Anywhere, Beanstalk."""

from .model import Practice

PRACTICES: tuple[Practice, ...] = ()
