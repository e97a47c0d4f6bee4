"""Service discovery: namespaces, Service Connect and DNS names."""

from .cloud_map import CloudMap
from .join import join_namespace
from .namespace import Namespace
from .register import register_in_dns
from .service_connect import ServedPort, ServiceConnect, ServiceConnectAccessLogs, ServiceConnectTls

__all__ = [
    "CloudMap",
    "Namespace",
    "ServedPort",
    "ServiceConnect",
    "ServiceConnectAccessLogs",
    "ServiceConnectTls",
    "join_namespace",
    "register_in_dns",
]
