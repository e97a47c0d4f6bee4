"""A small app to begin with: a service, its environments, its tests, and what delivers it."""

from .app import DELIVERIES, Delivery, app_files

__all__ = ["DELIVERIES", "Delivery", "app_files"]
