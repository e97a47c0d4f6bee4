"""What people deploy: a workload, with the capacity it runs on and the ways it is reached."""

from .backend_service import BackendService
from .daemon_service import DaemonService
from .express_service import ExpressService
from .external_service import ExternalDaemonService, ExternalService
from .managed_daemon import ManagedDaemon
from .service import Service
from .web_service import WebService
from .worker_service import WorkerService

__all__ = ["BackendService", "DaemonService", "Service", "WebService", "WorkerService"]
__all__ = [
    "BackendService",
    "DaemonService",
    "ExpressService",
    "ExternalDaemonService",
    "ExternalService",
    "ManagedDaemon",
    "Service",
    "WebService",
]
