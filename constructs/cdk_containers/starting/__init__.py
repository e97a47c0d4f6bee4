"""A small starter app: a service, its environments, its tests, and its delivery."""

from .app import DELIVERIES, Delivery, app_files

__all__ = ["DELIVERIES", "Delivery", "app_files"]
