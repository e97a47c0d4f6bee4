"""What people deploy: a workload, with the capacity it runs on and the ways it is reached."""

from .backend_service import BackendService
from .daemon_service import DaemonService
from .external_service import ExternalDaemonService, ExternalService
from .service import Service
from .web_service import WebService

__all__ = ["BackendService", "DaemonService", "ExternalDaemonService", "ExternalService", "Service", "WebService"]
