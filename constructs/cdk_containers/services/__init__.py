"""What people deploy: a workload, with the capacity it runs on and the ways it is reached."""

from .backend_service import BackendService
from .daemon_service import DaemonService
from .service import Service
from .web_service import WebService
from .worker_service import WorkerService

__all__ = ["BackendService", "DaemonService", "Service", "WebService", "WorkerService"]
