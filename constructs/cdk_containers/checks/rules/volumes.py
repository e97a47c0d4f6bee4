"""Checks of the EFS volumes of tasks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import CannotTell, Map, Reference, Resource, Value

from .service_parts import TASK_DEFINITION, services_of
from .settings import listed

_FILE_SYSTEM = "AWS::EFS::FileSystem"
_SUBNETS = ("NetworkConfiguration", "AwsvpcConfiguration", "Subnets")


def _each_efs_volume(look: Callable[[Map, str], Outcome | None]) -> Callable[[Resource], Outcome | None]:
    @wraps(look)
    def look_at_all(task: Resource) -> Outcome | None:
        def one(volume: Map) -> Outcome | None:
            if not volume.has("EFSVolumeConfiguration"):
                return None
            return look(volume.map("EFSVolumeConfiguration"), volume.text("Name"))

        return worst(one, task.maps("Volumes"))

    return look_at_all


@check("efs-encryption-in-transit", TASK_DEFINITION, fix="Set EFSVolumeConfiguration.TransitEncryption to ENABLED.")
@_each_efs_volume
def connection_is_encrypted(efs: Map, name: str) -> Outcome:
    """The connection to EFS is encrypted."""
    if efs.text("TransitEncryption", default="DISABLED") == "ENABLED":
        return ok("the connection to EFS is encrypted")
    return fault(f"the volume {name} uses unencrypted NFS")


@check("efs-access-point", TASK_DEFINITION, fix="Set AuthorizationConfig with an AccessPointId, and IAM to ENABLED.")
@_each_efs_volume
def access_point_limits_the_task(efs: Map, name: str) -> Outcome:
    """An access point and IAM limit the access of a task."""
    if not efs.has("AuthorizationConfig", "AccessPointId"):
        return fault(f"the volume {name} has no access point, so the task sees the whole file system")
    if efs.text("AuthorizationConfig", "IAM", default="DISABLED") != "ENABLED":
        return fault(f"the volume {name} does not use IAM authorization")
    return ok("an access point and IAM limit what the task sees")


@check(
    "efs-same-vpc",
    TASK_DEFINITION,
    fix=("Add mount targets in the VPC of the tasks, or use a file system that has them."),
)
def file_system_is_in_the_vpc(task: Resource) -> Outcome | None:
    """A task can reach only the mount targets of the same VPC."""
    estate = task.template.estate
    values = [one.value("EFSVolumeConfiguration", "FilesystemId") for one in task.maps("Volumes")]
    systems = [it for it in (estate.find(one, _FILE_SYSTEM) for one in values) if it is not None]
    services = services_of(task) if systems else []
    subnets = [subnet for service in services for subnet in listed(service, *_SUBNETS)]
    if not subnets:
        return None
    vpcs = [_vpc(subnet, task) for subnet in subnets]
    for system in systems:
        targets = system.referring("AWS::EFS::MountTarget")
        there = [_vpc(target.value("SubnetId"), task) for target in targets]
        if not there:
            raise CannotTell(f"the mount targets of {system.logical_id} are not in the templates")
        if not all(any(_same(vpc, one) for one in there) for vpc in vpcs):
            return fault(f"the file system {system.logical_id} has no mount target in the VPC of the tasks")
    return ok("its file systems have mount targets in the VPC of the tasks")


def _vpc(subnet: Value, task: Resource) -> Value:
    found = task.template.estate.find(subnet, "AWS::EC2::Subnet")
    if found is None:
        raise CannotTell("the subnets are not in the templates")
    return found.value("VpcId")


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, Reference) and isinstance(other, Reference):
        return one.resource is other.resource
    return bool(one == other)
