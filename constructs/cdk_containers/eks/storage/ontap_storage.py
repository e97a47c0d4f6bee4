"""FSx for NetApp ONTAP storage for pods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_fsx as fsx
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import kms, secretsmanager
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import (
    argument_problems,
    disabled_problems,
    is_token,
    security_group_problems,
    usable_arguments,
)
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.network import PortRange, let_in

from ..clusters import AddOnOptions, EksCluster
from ..clusters.add_on_resources import make_add_on
from ..identity import irsa_role
from ..manifests import Manifest, file_name
from .csi_driver import driver_problems, driver_scope, let_driver
from .register import register_of
from .storage import ReclaimPolicy, Storage, class_problems, existing_problems, fargate_problems

_ADD_ON = "netapp_trident-operator"
_NAMESPACE = "trident"
_MANAGEMENT = PortRange(first=443, last=443)
_BACKUP_DAYS = 7

Protocol = Literal["NFS", "ISCSI"]
DeploymentType = Literal["MULTI_AZ_1", "MULTI_AZ_2", "SINGLE_AZ_1", "SINGLE_AZ_2"]

_PORTS = {
    "NFS": tuple(
        PortRange(first=first, last=last) for first, last in ((111, 111), (635, 635), (2049, 2049), (4045, 4046))
    ),
    "ISCSI": (PortRange(first=3260, last=3260),),
}
_DRIVERS = {"NFS": "ontap-nas", "ISCSI": "ontap-san"}
_NOT_ROTATED = Acknowledgement(
    "ONTAP keeps a copy of the password, which a rotation in Secrets Manager would not change; only Trident reads the "
    "secret",
    cdk_nag=("AwsSolutions-SMG4",),
)
_KEY_OF_AWS = Acknowledgement(
    "The key is the account's key for Secrets Manager unless you set one; the secret gives access to one storage "
    "virtual machine, in the network of the cluster",
    checkov=("CKV_AWS_149",),
)


class OntapStorage(Storage):
    """An FSx for NetApp ONTAP file system, on which the Trident driver creates volumes for claims of pods.

    The Trident add-on comes from AWS Marketplace, so subscribe to it once in your account. Trident signs in to the
    storage virtual machine with a password that Secrets Manager generates and that no template contains.

    Attributes:
        file_system: The file system; None if it is imported.
        file_system_id: Its id.
        secret: Name and password of the storage virtual machine's administrator.
        security_group: Its security group.
        driver_role: Role of Trident.

    See https://docs.aws.amazon.com/eks/latest/userguide/fsx-ontap.html
    """

    file_system: fsx.CfnFileSystem | None
    file_system_id: str
    secret: secretsmanager.ISecret
    security_group: ec2.ISecurityGroup
    driver_role: iam.IRole

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        protocol: Literal["NFS", "ISCSI"] = "NFS",
        storage_class_name: str = "ontap",
        default_class: bool = False,
        deployment_type: Literal["MULTI_AZ_1", "MULTI_AZ_2", "SINGLE_AZ_1", "SINGLE_AZ_2"] = "MULTI_AZ_1",
        storage_capacity_gib: int = 1024,
        throughput_mbps: int = 128,
        route_table_ids: Sequence[str] | None = None,
        encryption_key: kms.IKey | None = None,
        backup_retention_days: int | Disabled | None = None,
        reclaim_policy: Literal["Retain", "Delete"] = "Retain",
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
        driver_role: iam.IRole | None = None,
    ) -> None:
        """Create a file system and storage.

        Args:
            scope: The parent, usually a stack; it may be a different stack than the cluster's.
            id: Name among the parent's children.
            cluster: The cluster. Fargate cannot mount FSx for ONTAP.
            protocol: `NFS` for volumes that many pods share, `ISCSI` for block volumes of the pods of one node, which
                require iSCSI and multipath on the nodes. Default: `NFS`.
            storage_class_name: Name of the storage class, and of the backend of Trident. Default: `ontap`.
            default_class: Whether it is the default class, of which a cluster has only one. Default: False.
            deployment_type: Generation, and whether a second zone has a standby. A new type replaces the file system.
                Default: `MULTI_AZ_1`.
            storage_capacity_gib: SSD storage in GiB, 1024 or more. It can grow, but not shrink. Default: 1024.
            throughput_mbps: Throughput in MB/s: 128, 256, 512, 1024, 2048 or 4096 in the first generation, 384 or more
                in the second. Default: 128.
            route_table_ids: Route tables of the nodes' subnets, to which FSx adds the addresses of a file system in two
                zones. Default: those of the cluster's subnets, if this app creates the VPC.
            encryption_key: KMS key of the file system and the secret. Files are always encrypted; a new key replaces
                the file system. Default: the account's keys.
            backup_retention_days: Days for which FSx keeps daily backups, 1–90. `Disabled(reason="…")` turns backups
                off, which `reclaim_policy="Delete"` requires, because Trident does not delete volumes of a file system
                with backups. Default: 7.
            reclaim_policy: What happens to a volume when its claim is deleted. Default: `Retain`.
            removal_policy: What happens to the file system when its stack is deleted. Default: RETAIN, because it
                contains data.
            driver_role: Role of an existing Trident in the cluster; it gets the permissions that this storage needs.
                Default: a new add-on, unless another storage has installed it.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        given = dict(locals())
        found = argument_problems(OntapStorage.__init__, given)
        usable = usable_arguments(OntapStorage.__init__, given, found)
        found.extend_anew(
            _size_problems(usable["deployment_type"], usable["storage_capacity_gib"], usable["throughput_mbps"])
        )
        found.extend_anew(_backup_problems(usable["backup_retention_days"], usable["reclaim_policy"]))
        if not found.has("cluster"):
            found.extend(_cluster_problems(cluster, usable))
            if usable["deployment_type"].startswith("MULTI") and usable["route_table_ids"] is None:
                found.extend_anew(_route_table_problems(cluster))
        found.raise_for(scope, id)
        super().__init__(scope, id, cluster)

        self.security_group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=cluster.vpc,
            description="FSx for ONTAP file system of a cluster",
            allow_all_outbound=False,
        )
        self.security_group.apply_removal_policy(removal_policy)  # a retained file system keeps it in use
        several = deployment_type.startswith("MULTI")
        subnets = _subnets(cluster)
        days = _BACKUP_DAYS if backup_retention_days is None else backup_retention_days
        self.file_system = fsx.CfnFileSystem(
            self,
            "FileSystem",
            file_system_type="ONTAP",
            storage_type="SSD",
            storage_capacity=storage_capacity_gib,
            subnet_ids=[subnet.subnet_id for subnet in subnets[: 2 if several else 1]],
            security_group_ids=[self.security_group.security_group_id],
            kms_key_id=encryption_key.key_arn if encryption_key else None,
            ontap_configuration=fsx.CfnFileSystem.OntapConfigurationProperty(
                deployment_type=deployment_type,
                throughput_capacity=throughput_mbps,
                preferred_subnet_id=subnets[0].subnet_id if several else None,
                route_table_ids=_route_tables(cluster, route_table_ids) if several else None,
                automatic_backup_retention_days=0 if isinstance(days, Disabled) else days,
            ),
        )
        self.file_system.apply_removal_policy(removal_policy)
        # A replaced file system is kept, because a changed option should not delete files.
        self.file_system.add_override("UpdateReplacePolicy", "Retain")
        if isinstance(backup_retention_days, Disabled):
            record_opt_out(self.file_system, "eks-storage-backups", backup_retention_days)
        self.secret = secretsmanager.Secret(
            self,
            "Administrator",
            description="Administrator of a storage virtual machine, for Trident",
            encryption_key=encryption_key,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template='{"username":"vsadmin"}',  # noqa: S106  (the password comes beside it)
                generate_string_key="password",
                exclude_punctuation=True,
                password_length=32,
            ),
            removal_policy=removal_policy,
        )
        acknowledge(self.secret, _NOT_ROTATED)
        if encryption_key is None:
            acknowledge(self.secret, _KEY_OF_AWS)
        machine = fsx.CfnStorageVirtualMachine(
            self,
            "StorageVirtualMachine",
            file_system_id=self.file_system.ref,
            name="pods",
            root_volume_security_style="UNIX",
            svm_admin_password=self.secret.secret_value_from_json("password").unsafe_unwrap(),
        )
        machine.apply_removal_policy(removal_policy)
        machine.add_override("UpdateReplacePolicy", "Retain")
        self.file_system_id = self.file_system.ref
        self._serve(protocol, storage_class_name, "pods", driver_role, reclaim_policy, default_class=default_class)

    @classmethod
    def from_attributes(
        cls,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        file_system_id: str,
        storage_virtual_machine_name: str,
        secret: secretsmanager.ISecret,
        security_group_id: str,
        protocol: Literal["NFS", "ISCSI"] = "NFS",
        storage_class_name: str = "ontap",
        default_class: bool = False,
        reclaim_policy: Literal["Retain", "Delete"] = "Retain",
        driver_role: iam.IRole | None = None,
    ) -> OntapStorage:
        """Use an existing file system. Its security group is opened to the nodes of the cluster.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            cluster: The cluster.
            file_system_id: Id of the file system.
            storage_virtual_machine_name: Name of the storage virtual machine.
            secret: Secret with `username` and `password` of the storage virtual machine's administrator.
            security_group_id: Security group of the file system.
            protocol: `NFS` or `ISCSI`. Default: `NFS`.
            storage_class_name: Name of the storage class, and of the backend of Trident. Default: `ontap`.
            default_class: Whether it is the default class for claims without one. Default: False.
            reclaim_policy: What happens to a volume when its claim is deleted. Trident does not delete volumes of a
                file system with automatic backups. Default: `Retain`.
            driver_role: Role of an existing Trident in the cluster. Default: a new add-on, unless another storage has
                installed it.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        given = dict(locals())
        found = argument_problems(cls.from_attributes, given)
        usable = usable_arguments(cls.from_attributes, given, found)
        names = ("file_system_id", "storage_virtual_machine_name")
        found.extend(existing_problems(**{name: given[name] for name in names if not found.has(name)}))
        if not found.has("security_group_id"):
            found.extend(security_group_problems("security_group_id", security_group_id))
        if not found.has("cluster"):
            found.extend(_cluster_problems(cluster, usable))
        found.raise_for(scope, id)
        return _ImportedOntapStorage(
            scope,
            id,
            cluster=cluster,
            file_system_id=file_system_id,
            machine=storage_virtual_machine_name,
            secret=secret,
            security_group_id=security_group_id,
            protocol=protocol,
            storage_class_name=storage_class_name,
            default_class=default_class,
            reclaim_policy=reclaim_policy,
            driver_role=driver_role,
        )

    def _serve(
        self,
        protocol: Protocol,
        name: str,
        machine: str,
        driver_role: iam.IRole | None,
        reclaim_policy: ReclaimPolicy,
        *,
        default_class: bool,
    ) -> None:
        self._access_mode = "ReadWriteMany" if protocol == "NFS" else "ReadWriteOnce"
        self.storage_class_name = name
        for ports in (_MANAGEMENT, *_PORTS[protocol]):
            let_in(
                self.security_group,
                self.cluster.security_group,
                ports,
                user=self,
                description="Trident, and nodes that mount its volumes",
            )
        self.driver_role = driver_role or _install_trident(self, self.cluster)
        let_driver(self, self.driver_role, self._rights_of_driver(), wildcards=_RIGHTS)
        driver = _DRIVERS[protocol]
        backend: Manifest = {
            "apiVersion": "trident.netapp.io/v1",
            "kind": "TridentBackendConfig",
            "metadata": {"name": name.replace(".", "-"), "namespace": _NAMESPACE},
            "spec": {
                "version": 1,
                "backendName": name,
                "storageDriverName": driver,
                "svm": machine,
                "aws": {"fsxFilesystemID": self.file_system_id},
                "credentials": {"name": self.secret.secret_arn, "type": "awsarn"},
            },
        }
        self.cluster.add_manifests(file_name("trident-backend", name), [backend])
        self._add_class(
            provisioner="csi.trident.netapp.io",
            parameters={
                "backendType": driver,
                "storagePools": f"{name}:.*",
                "fsType": "nfs" if protocol == "NFS" else "ext4",
            },
            reclaim_policy=reclaim_policy,
            default_class=default_class,
            wait_for_pod=False,
            can_grow=True,
        )

    def _rights_of_driver(self) -> list[iam.PolicyStatement]:
        """Return the permissions of Trident for this file system.

        See https://docs.netapp.com/us-en/trident/trident-use/trident-fsx-iam-role.html
        """
        stack = cdk.Stack.of(self)

        def inside(resource: str) -> str:
            return stack.format_arn(service="fsx", resource=resource, resource_name=f"{self.file_system_id}/*")

        statements = [
            iam.PolicyStatement(
                actions=["fsx:DescribeFileSystems", "fsx:DescribeStorageVirtualMachines", "fsx:DescribeVolumes"],
                resources=["*"],
            ),
            iam.PolicyStatement(
                actions=["fsx:CreateVolume"], resources=[inside("volume"), inside("storage-virtual-machine")]
            ),
            iam.PolicyStatement(
                actions=[
                    "fsx:DeleteVolume",
                    "fsx:RestoreVolumeFromSnapshot",
                    "fsx:TagResource",
                    "fsx:UntagResource",
                    "fsx:UpdateVolume",
                ],
                resources=[inside("volume")],
            ),
            iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=[self.secret.secret_arn]),
        ]
        if self.secret.encryption_key is not None:
            statements.append(
                iam.PolicyStatement(actions=["kms:Decrypt"], resources=[self.secret.encryption_key.key_arn])
            )
        return statements


class _ImportedOntapStorage(OntapStorage):
    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        file_system_id: str,
        machine: str,
        secret: secretsmanager.ISecret,
        security_group_id: str,
        protocol: Protocol,
        storage_class_name: str,
        default_class: bool,
        reclaim_policy: ReclaimPolicy,
        driver_role: iam.IRole | None,
    ) -> None:
        Storage.__init__(self, scope, id, cluster)
        self.file_system, self.file_system_id, self.secret = None, file_system_id, secret
        self.security_group = ec2.SecurityGroup.from_security_group_id(self, "SecurityGroup", security_group_id)
        self._serve(protocol, storage_class_name, machine, driver_role, reclaim_policy, default_class=default_class)


_RIGHTS = (
    "The ids of volumes are unknown before Trident creates them, so permissions are limited to one file system; read "
    "actions support no resource-level permissions"
)


def _install_trident(storage: Construct, cluster: EksCluster) -> iam.IRole:
    """Install Trident unless another storage has done so. Its add-on supports only an IRSA role."""
    drivers = register_of(cluster).drivers
    if _ADD_ON not in drivers:
        scope = driver_scope(storage, cluster, "Trident")
        provider = cluster.oidc_provider_arn
        assert provider is not None  # noqa: S101  (checked before)
        role = irsa_role(
            scope, "Role", provider_arn=provider, namespace=_NAMESPACE, service_account="trident-controller"
        )
        identity = f"'eks.amazonaws.com/role-arn: {role.role_arn}'"
        options = AddOnOptions(configuration={"cloudProvider": "AWS", "cloudIdentity": identity})
        make_add_on(scope, "AddOn", cluster=cluster, name=_ADD_ON, options=options)
        drivers[_ADD_ON] = role
    return drivers[_ADD_ON]


def _subnets(cluster: EksCluster) -> Sequence[ec2.ISubnet]:
    """Return the first subnet of each zone of the nodes."""
    wanted = cluster.node_subnets
    if wanted.subnets is not None:
        first = {subnet.availability_zone: subnet for subnet in reversed(wanted.subnets)}
        return [subnet for subnet in wanted.subnets if subnet in first.values()]
    return cluster.vpc.select_subnets(
        availability_zones=wanted.availability_zones,
        one_per_az=True,
        subnet_filters=wanted.subnet_filters,
        subnet_group_name=wanted.subnet_group_name,
        subnet_type=wanted.subnet_type,
    ).subnets


def _route_tables(cluster: EksCluster, given: Sequence[str] | None) -> list[str]:
    if given is not None:
        return list(given)
    return list(dict.fromkeys(subnet.route_table.route_table_id for subnet in _subnets(cluster)))


def _cluster_problems(cluster: EksCluster, usable: dict[str, Any]) -> list[Problem]:
    found = Problems()
    found.extend(fargate_problems(cluster, "FSx for ONTAP", "a cluster with nodes; or EfsStorage on Fargate"))
    found.extend(
        class_problems(
            cluster, "storage_class_name", usable["storage_class_name"], default_class=usable["default_class"]
        )
    )
    found.extend(driver_problems(cluster, _ADD_ON, usable["driver_role"]))
    if usable["driver_role"] is None and cluster.is_imported and cluster.oidc_provider_arn is None:
        found.add(
            "driver_role",
            "the OIDC provider of the cluster is unknown, but the role of Trident must trust it",
            allowed="the role of an existing Trident, or EksCluster.from_attributes(…, oidc_provider_arn=…)",
            practice="eks-workload-identity",
        )
    return list(found)


def _route_table_problems(cluster: EksCluster) -> list[Problem]:
    found = Problems()
    if not isinstance(cluster.vpc, ec2.Vpc):
        found.add(
            "route_table_ids",
            "the VPC is imported, but nodes reach a file system in two zones through its route tables",
            allowed="the route tables of the nodes' subnets, or deployment_type='SINGLE_AZ_1'",
        )
    return list(found)


def _size_problems(deployment_type: DeploymentType, capacity_gib: int, throughput: int) -> list[Problem]:
    found = Problems()
    if not is_token(capacity_gib) and capacity_gib < 1024:
        found.add("storage_capacity_gib", "out of range", given=capacity_gib, allowed="1024 or more")
    first = (128, 256, 512, 1024, 2048, 4096)
    second = (384, 768, 1536, 3072, 6144)
    speeds = first if deployment_type.endswith("_1") else second
    if not is_token(throughput) and throughput not in speeds:
        found.add(
            "throughput_mbps",
            f"{deployment_type} does not support it",
            given=throughput,
            allowed=", ".join(map(str, speeds)),
        )
    return list(found)


def _backup_problems(days: int | Disabled | None, reclaim_policy: ReclaimPolicy) -> list[Problem]:
    found = Problems()
    found.extend(disabled_problems(days), under="backup_retention_days")
    if isinstance(days, int) and not is_token(days) and not 1 <= days <= 90:
        found.add(
            "backup_retention_days",
            "out of range",
            given=days,
            allowed='1–90, or Disabled("reason")',
            practice="eks-storage-backups",
        )
    if reclaim_policy == "Delete" and not isinstance(days, Disabled):
        found.add(
            "reclaim_policy",
            "Trident does not delete volumes of a file system with automatic backups",
            given=reclaim_policy,
            allowed='Retain, or backup_retention_days=Disabled("reason")',
            practice="eks-storage-backups",
        )
    return list(found)
