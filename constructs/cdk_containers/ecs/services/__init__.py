"""Services: a workload with its capacity and exposures."""

from typing import TYPE_CHECKING

from cdk_containers.core.names_on_use import load_on_use

if TYPE_CHECKING:
    from .backend_service import BackendService
    from .daemon_service import DaemonService
    from .express_service import ExpressService
    from .external_service import ExternalDaemonService, ExternalService
    from .managed_daemon import ManagedDaemon
    from .service import Service
    from .web_service import WebService
    from .worker_service import WorkerService

__all__ = [
    "BackendService",
    "DaemonService",
    "ExpressService",
    "ExternalDaemonService",
    "ExternalService",
    "ManagedDaemon",
    "Service",
    "WebService",
    "WorkerService",
]

__getattr__ = load_on_use(
    __name__,
    {
        "backend_service": ("BackendService",),
        "daemon_service": ("DaemonService",),
        "express_service": ("ExpressService",),
        "external_service": ("ExternalDaemonService", "ExternalService"),
        "managed_daemon": ("ManagedDaemon",),
        "service": ("Service",),
        "web_service": ("WebService",),
        "worker_service": ("WorkerService",),
    },
)
