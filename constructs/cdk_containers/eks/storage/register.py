"""What the storages of one cluster share: names that are taken, the default class, and the drivers."""

from __future__ import annotations

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from aws_cdk import aws_iam as iam

from ..clusters import EksCluster


@dataclass(slots=True)
class Register:
    """What the storages of one cluster share.

    Attributes:
        classes: Storage classes, by name, with the path of the storage that has it.
        claims: Claims, by namespace and name.
        default: The path of the storage that has the default class.
        drivers: Roles of the drivers that are installed, by the name of the add-on.
    """

    classes: dict[str, str] = field(default_factory=dict[str, str])
    claims: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    default: str | None = None
    drivers: dict[str, iam.IRole] = field(default_factory=dict[str, iam.IRole])


_registers: WeakKeyDictionary[EksCluster, Register] = WeakKeyDictionary()


def register_of(cluster: EksCluster) -> Register:
    """Return the register of a cluster."""
    return _registers.setdefault(cluster, Register())
