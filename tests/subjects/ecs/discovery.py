"""Subjects of `discovery`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk

from cdk_containers import (
    BackendService,
    CloudMap,
    Namespace,
    Port,
    ServedPort,
    ServiceConnect,
    ServiceConnectAccessLogs,
    ServiceConnectTls,
)
from tests.toolkit import backend, container, network

from ..making import OFF, key, role
from ..subject import Change, Subject

AUTHORITY = "arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/11111111-2222-3333-4444-555555555555"
PORTS = [Port(number=8080, name="orders", app_protocol="http"), Port(number=9090, name="admin", app_protocol="grpc")]


def namespace(stack: cdk.Stack, id: str = "Names", name: str = "shop.internal") -> Namespace:  # noqa: A002
    found = stack.node.try_find_child(id)
    return found if isinstance(found, Namespace) else Namespace(stack, id, name=name, network=network(stack))


def served(stack: cdk.Stack, **options: Any) -> BackendService:
    options = {"namespace": namespace(stack)} | options
    sidecar = container(name="b", ports=[7070])
    return backend(
        stack, container=container(ports=PORTS), sidecars=[sidecar], service_connect=ServiceConnect(**options)
    )


def registered(stack: cdk.Stack, given: dict[str, Any]) -> BackendService:
    return backend(
        stack,
        container=container(ports=PORTS),
        sidecars=[container(name="b", ports=[7070])],
        cloud_map=CloudMap(**given),
    )


SUBJECTS: list[Subject] = [
    Subject(Namespace, lambda stack, given: Namespace(stack, "Names", **given), lambda _: {"name": "shop.internal"}),
    Subject(
        ServiceConnect,
        lambda stack, given: served(stack, **given),
        lambda stack: {"namespace": namespace(stack)},
    ),
    Subject(ServedPort, lambda stack, given: served(stack, ports=[ServedPort(**given)]), lambda _: {"name": "orders"}),
    Subject(
        ServiceConnectAccessLogs,
        lambda stack, given: served(stack, access_logs=ServiceConnectAccessLogs(**given)),
    ),
    Subject(
        ServiceConnectTls,
        lambda stack, given: served(stack, tls=ServiceConnectTls(**given)),
        lambda _: {"authority_arn": AUTHORITY},
    ),
    Subject(
        CloudMap, registered, lambda stack: {"namespace": namespace(stack), "name": "orders", "record_type": "SRV"}
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
    "Namespace": {"name": "other.internal", "network": network},
    "ServiceConnect": {
        "namespace": lambda stack: namespace(stack, "Other", "other.internal"),
        "ports": ["admin"],
        "idle_timeout": timedelta(seconds=30),
        "per_request_timeout": timedelta(seconds=10),
        "tls": ServiceConnectTls(authority_arn=AUTHORITY),
        "access_logs": OFF,
        "log_level": "debug",
    },
    "ServedPort": {
        "name": "admin",
        "discovery_name": "other",
        "dns_name": "other.example.com",
        "client_port": 80,
    },
    "ServiceConnectAccessLogs": {"format": "TEXT", "query_parameters": True},
    "ServiceConnectTls": {
        "authority_arn": AUTHORITY.replace("1111-", "0000-"),
        "encryption_key": key("TlsKey"),
        "role": role,
    },
    "CloudMap": {
        "namespace": lambda stack: namespace(stack, "Other", "other.internal"),
        "name": "stock",
        "port": 9090,
        "container": "b",
        "record_type": Change("A"),
        "ttl": timedelta(seconds=60),
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
