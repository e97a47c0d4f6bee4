"""Shared state of the storages of one cluster: names, the default class, and the drivers."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from aws_cdk import aws_iam as iam

from ..clusters import EksCluster


class Register:
    """Shared state of the storages of one cluster.

    Attributes:
        classes: Storage classes, by name, with the path of their storage.
        claims: Claims, by namespace and name.
        default: The path of the storage with the default class.
        drivers: Roles of the installed drivers, by add-on name.
    """

    def __init__(self) -> None:
        self.classes: dict[str, str] = {}
        self.claims: dict[tuple[str, str], str] = {}
        self.default: str | None = None
        self.drivers: dict[str, iam.IRole] = {}


_registers: WeakKeyDictionary[EksCluster, Register] = WeakKeyDictionary()


def register_of(cluster: EksCluster) -> Register:
    """Return the register of a cluster."""
    return _registers.setdefault(cluster, Register())
