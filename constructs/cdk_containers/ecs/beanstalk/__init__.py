"""Containers on Elastic Beanstalk, for teams that want it."""

from .beanstalk_environment import BeanstalkEnvironment

__all__ = ["BeanstalkEnvironment"]
