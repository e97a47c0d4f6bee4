"""Containers on Elastic Beanstalk."""

from .beanstalk_environment import BeanstalkEnvironment

__all__ = ["BeanstalkEnvironment"]
