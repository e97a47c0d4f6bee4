"""FSx for Lustre storage for pods."""

from __future__ import annotations

from typing import Literal

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_fsx as fsx
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import kms
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import (
    argument_problems,
    disabled_problems,
    is_token,
    security_group_problems,
    usable_arguments,
)
from cdk_containers.core.opt_outs import record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.network import PortRange, let_in, subnet_ids_of

from ..clusters import EksCluster
from .csi_driver import CsiDriver, driver_problems, install_driver, let_driver
from .storage import Storage, existing_problems, fargate_problems, static_volume, whole_number_problems

_DRIVER = CsiDriver(id="FsxCsiDriver", add_on="aws-fsx-csi-driver", service_account="fsx-csi-controller-sa")
_LUSTRE = (PortRange(first=988, last=988), PortRange(first=1018, last=1023))
_BACKUP_DAYS = 7
_SMALLEST, _STEP = 1200, 2400

DeploymentType = Literal["PERSISTENT_2", "SCRATCH_2"]


class LustreStorage(Storage):
    """An FSx for Lustre file system that the pods on nodes share, for training, simulations and media.

    All claims see the whole file system. It is in one zone, so place its nodes there too. Fargate cannot mount it.

    Attributes:
        file_system: The file system; None if it is imported.
        file_system_id: Its id.
        security_group: Its security group.
        driver_role: Role of the driver.

    See https://docs.aws.amazon.com/eks/latest/userguide/fsx-csi.html
    """

    file_system: fsx.CfnFileSystem | None
    file_system_id: str
    security_group: ec2.ISecurityGroup
    driver_role: iam.IRole
    _access_mode = "ReadWriteMany"

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        storage_capacity_gib: int = _SMALLEST,
        throughput_per_tib: Literal[125, 250, 500, 1000] = 125,
        deployment_type: Literal["PERSISTENT_2", "SCRATCH_2"] = "PERSISTENT_2",
        subnet: ec2.ISubnet | None = None,
        encryption_key: kms.IKey | None = None,
        backup_retention_days: int | Disabled | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
        driver_role: iam.IRole | None = None,
    ) -> None:
        """Create a file system and storage.

        Args:
            scope: The parent, usually a stack; it may be a different stack than the cluster's.
            id: Name among the parent's children.
            cluster: The cluster. Fargate cannot mount FSx for Lustre.
            storage_capacity_gib: Size in GiB: 1200, or a multiple of 2400. It can grow, but not shrink. Default: 1200.
            throughput_per_tib: MB/s for each TiB of a persistent file system. Default: 125.
            deployment_type: `PERSISTENT_2` replicates data; `SCRATCH_2` loses data if a server fails. A new type
                replaces the file system. Default: `PERSISTENT_2`.
            subnet: Subnet of the file system. A new subnet replaces the file system. Default: the first subnet of the
                cluster's nodes.
            encryption_key: KMS key of a persistent file system. Files are always encrypted; a new key replaces the file
                system. Default: the account's key for FSx.
            backup_retention_days: Days for which FSx keeps daily backups, 1–90. `Disabled(reason="…")` turns backups
                off. Default: 7; none for `SCRATCH_2`, which FSx does not back up.
            removal_policy: What happens to the file system when its stack is deleted. Default: RETAIN, because it
                contains data.
            driver_role: Role of an existing driver in the cluster. Default: a new driver, unless another storage has
                installed it.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        given = dict(locals())
        found = argument_problems(LustreStorage.__init__, given)
        usable = usable_arguments(LustreStorage.__init__, given, found)
        found.extend_anew(_capacity_problems(usable["storage_capacity_gib"]))
        found.extend_anew(
            _kind_problems(usable["deployment_type"], usable["encryption_key"], usable["backup_retention_days"])
        )
        if usable["deployment_type"] == "SCRATCH_2" and usable["throughput_per_tib"] != 125:
            found.add(
                "throughput_per_tib",
                "SCRATCH_2 has its own throughput",
                given=usable["throughput_per_tib"],
                allowed="the default, or PERSISTENT_2",
            )
        if not found.has("cluster"):
            found.extend(_cluster_problems(cluster, driver_role))
        found.raise_for(scope, id)
        super().__init__(scope, id, cluster)

        self.security_group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=cluster.vpc,
            description="FSx for Lustre file system of a cluster",
            allow_all_outbound=False,
        )
        self.security_group.apply_removal_policy(removal_policy)  # a retained file system keeps it in use
        rules = self._open(self.security_group)
        persistent = deployment_type == "PERSISTENT_2"
        days = _BACKUP_DAYS if backup_retention_days is None else backup_retention_days
        self.file_system = fsx.CfnFileSystem(
            self,
            "FileSystem",
            file_system_type="LUSTRE",
            file_system_type_version="2.15",
            storage_type="SSD",
            storage_capacity=storage_capacity_gib,
            subnet_ids=[subnet.subnet_id if subnet else subnet_ids_of(cluster.vpc, cluster.node_subnets)[0]],
            security_group_ids=[self.security_group.security_group_id],
            kms_key_id=encryption_key.key_arn if encryption_key else None,
            lustre_configuration=fsx.CfnFileSystem.LustreConfigurationProperty(
                deployment_type=deployment_type,
                per_unit_storage_throughput=throughput_per_tib if persistent else None,
                data_compression_type="LZ4",
                automatic_backup_retention_days=(None if not persistent else 0 if isinstance(days, Disabled) else days),
                copy_tags_to_backups=True if persistent else None,
            ),
        )
        self.file_system.apply_removal_policy(removal_policy)
        # A replaced file system is kept, because a changed option should not delete files.
        self.file_system.add_override("UpdateReplacePolicy", "Retain")
        for rule in rules:
            self.file_system.node.add_dependency(rule)  # FSx checks whether its servers reach each other
        if isinstance(backup_retention_days, Disabled):
            record_opt_out(self.file_system, "eks-storage-backups", backup_retention_days)
        self.file_system_id = self.file_system.ref
        self._dns_name, self._mount_name = self.file_system.attr_dns_name, self.file_system.attr_lustre_mount_name
        self._capacity_gib = storage_capacity_gib
        self._use_driver(driver_role)

    @classmethod
    def from_attributes(
        cls,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        file_system_id: str,
        dns_name: str,
        mount_name: str,
        security_group_id: str,
        storage_capacity_gib: int = _SMALLEST,
        driver_role: iam.IRole | None = None,
    ) -> LustreStorage:
        """Use an existing file system. Its security group is opened to the nodes of the cluster, and theirs to it.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            cluster: The cluster.
            file_system_id: Id of the file system.
            dns_name: Its DNS name.
            mount_name: Its mount name.
            security_group_id: Its security group.
            storage_capacity_gib: Its size in GiB, shown in Kubernetes. Default: 1200.
            driver_role: Role of an existing driver in the cluster. Default: a new driver, unless another storage has
                installed it.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        given = dict(locals())
        found = argument_problems(cls.from_attributes, given)
        known = {name: given[name] for name in ("file_system_id", "dns_name", "mount_name") if not found.has(name)}
        found.extend(existing_problems(**known))
        if not found.has("security_group_id"):
            found.extend(security_group_problems("security_group_id", security_group_id))
        if not found.has("storage_capacity_gib"):
            found.extend(whole_number_problems("storage_capacity_gib", storage_capacity_gib, low=1))
        if not found.has("cluster"):
            found.extend(_cluster_problems(cluster, driver_role))
        found.raise_for(scope, id)
        return _ImportedLustreStorage(
            scope,
            id,
            cluster=cluster,
            file_system_id=file_system_id,
            dns_name=dns_name,
            mount_name=mount_name,
            security_group_id=security_group_id,
            storage_capacity_gib=storage_capacity_gib,
            driver_role=driver_role,
        )

    def claim(self, name: str, *, namespace: str, size_gib: int | None = None) -> str:
        """Add a volume and its claim to the manifests of the cluster, and return the name of the claim.

        Args:
            name: Name of the claim, unique in its namespace.
            namespace: Namespace of the pods that mount it.
            size_gib: Size shown in Kubernetes. Default: the size of the file system, because each claim sees all of it.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(self.claim, locals())
        size = self._capacity_gib if size_gib is None else size_gib
        self._check_claim(found, name, namespace, size)
        source = {
            "driver": "fsx.csi.aws.com",
            "volumeHandle": self.file_system_id,
            "volumeAttributes": {"dnsname": self._dns_name, "mountname": self._mount_name},
        }
        volume, spec = static_volume(name, namespace, size, "ReadWriteMany", source)
        self._add_claim(name, namespace, size, spec, volume)
        return name

    def _open(self, group: ec2.ISecurityGroup) -> list[Construct]:
        """Open the ports of Lustre: between servers, from clients to servers, and from servers to clients.

        See https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html
        """
        nodes = self.cluster.security_group
        return [
            rule
            for ports in _LUSTRE
            for reached, peer in ((group, group), (group, nodes), (nodes, group))
            for rule in let_in(reached, peer, ports, user=self, description="Lustre")
        ]

    def _use_driver(self, role: iam.IRole | None) -> None:
        self.driver_role = role or install_driver(self, self.cluster, _DRIVER)
        # Volumes exist in advance, so the driver does not need AmazonFSxFullAccess to create and delete file systems.
        look = iam.PolicyStatement(actions=["fsx:DescribeFileSystems"], resources=["*"])
        let_driver(
            self, self.driver_role, [look], wildcards="fsx:DescribeFileSystems supports no resource-level permissions"
        )


class _ImportedLustreStorage(LustreStorage):
    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        file_system_id: str,
        dns_name: str,
        mount_name: str,
        security_group_id: str,
        storage_capacity_gib: int,
        driver_role: iam.IRole | None,
    ) -> None:
        Storage.__init__(self, scope, id, cluster)
        self.file_system, self.file_system_id = None, file_system_id
        self._dns_name, self._mount_name, self._capacity_gib = dns_name, mount_name, storage_capacity_gib
        self.security_group = ec2.SecurityGroup.from_security_group_id(self, "SecurityGroup", security_group_id)
        self._open(self.security_group)
        self._use_driver(driver_role)


def _cluster_problems(cluster: EksCluster, driver_role: iam.IRole | None) -> list[Problem]:
    found = Problems()
    found.extend(fargate_problems(cluster, "FSx for Lustre", "a cluster with nodes; or EfsStorage on Fargate"))
    found.extend(driver_problems(cluster, _DRIVER.add_on, driver_role))
    return list(found)


def _capacity_problems(capacity_gib: int) -> list[Problem]:
    found = Problems()
    found.extend(whole_number_problems("storage_capacity_gib", capacity_gib, low=_SMALLEST))
    if not found and capacity_gib != _SMALLEST and capacity_gib % _STEP:
        found.add(
            "storage_capacity_gib",
            "not a valid size for FSx for Lustre",
            given=capacity_gib,
            allowed=f"{_SMALLEST}, or a multiple of {_STEP}",
        )
    return list(found)


def _kind_problems(
    deployment_type: DeploymentType, key: kms.IKey | None, backup_days: int | Disabled | None
) -> list[Problem]:
    found = Problems()
    found.extend(disabled_problems(backup_days), under="backup_retention_days")
    if deployment_type == "SCRATCH_2":
        for option, value in (("encryption_key", key), ("backup_retention_days", backup_days)):
            if value is not None:
                found.add(
                    option,
                    "a scratch file system does not support it",
                    given=value,
                    allowed="None, or PERSISTENT_2",
                    practice="eks-storage-backups",
                )
    elif isinstance(backup_days, int) and not is_token(backup_days) and not 1 <= backup_days <= 90:
        found.add(
            "backup_retention_days",
            "out of range",
            given=backup_days,
            allowed='1–90, or Disabled("reason")',
            practice="eks-storage-backups",
        )
    return list(found)
