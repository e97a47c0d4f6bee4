"""EFS file storage for pods."""

from __future__ import annotations

import re
from typing import Literal, cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import efs, kms
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import argument_problems, disabled_problems, usable_arguments
from cdk_containers.core.opt_outs import record_opt_out, resource_of
from cdk_containers.core.practices import Disabled
from cdk_containers.network import PortRange, let_in

from ..clusters import EksCluster
from .csi_driver import CsiDriver, driver_problems, install_driver, let_driver
from .storage import Storage, class_problems, static_volume

_DRIVER = CsiDriver(id="EfsCsiDriver", add_on="aws-efs-csi-driver", service_account="efs-csi-controller-sa")
_NFS = PortRange(first=2049, last=2049)
_USER = re.compile(r"(\d+):(\d+)")
_TAG = "efs.csi.aws.com/cluster"

Provisioning = Literal["DYNAMIC", "STATIC"]


class EfsStorage(Storage):
    """An encrypted EFS file system that pods of all zones share, on nodes and on Fargate.

    Each claim gets its own access point, with a root directory and a user for its pods. The file system accepts only
    TLS connections, and no one has root access.

    Attributes:
        file_system: The file system.
        driver_role: Role of the driver; None on Fargate, which has it built in.

    See https://docs.aws.amazon.com/eks/latest/userguide/efs-csi.html
    """

    file_system: efs.IFileSystem
    driver_role: iam.IRole | None = None
    _access_mode = "ReadWriteMany"

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        file_system: efs.IFileSystem | None = None,
        provisioning: Literal["DYNAMIC", "STATIC"] | None = None,
        storage_class_name: str = "efs",
        default_class: bool = False,
        encryption_key: kms.IKey | None = None,
        automatic_backups: Literal[True] | Disabled = True,
        reclaim_policy: Literal["Retain", "Delete"] = "Retain",
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
        driver_role: iam.IRole | None = None,
    ) -> None:
        """Create storage.

        Args:
            scope: The parent, usually a stack; it may be a different stack than the cluster's.
            id: Name among the parent's children.
            cluster: The cluster.
            file_system: An existing file system in the network of the cluster; its security groups are opened to nodes
                and pods. Default: a new file system, with a mount target in each zone of the cluster.
            provisioning: `DYNAMIC` adds a storage class for claims of Helm charts and operators; `STATIC` omits it.
                Fargate supports only `STATIC`. Default: `DYNAMIC` on clusters with nodes.
            storage_class_name: Name of the storage class. Default: `efs`.
            default_class: Whether it is the default class, of which a cluster has only one. Default: False.
            encryption_key: KMS key of a new file system. Files are always encrypted; a new key replaces the file
                system. Default: the account's key for EFS.
            automatic_backups: Whether AWS Backup keeps daily backups for 35 days. `Disabled(reason="…")` turns them
                off. Default: True.
            reclaim_policy: What happens to a volume of the storage class when its claim is deleted. `Delete` deletes
                the access point, but keeps the files. Default: `Retain`.
            removal_policy: What happens to a new file system when its stack is deleted. Default: RETAIN, because it
                contains data.
            driver_role: Role of an existing driver in the cluster; it gets the permissions that this storage needs.
                Default: a new driver, unless another storage has installed it.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        given = dict(locals())
        found = argument_problems(EfsStorage.__init__, given)
        usable = usable_arguments(EfsStorage.__init__, given, found)
        found.extend(disabled_problems(usable["automatic_backups"]), under="automatic_backups")
        if not found.has("cluster"):
            found.extend_anew(
                _provisioning_problems(cluster, usable["provisioning"], default_class=usable["default_class"])
            )
            found.extend_anew(
                class_problems(
                    cluster,
                    "storage_class_name",
                    usable["storage_class_name"],
                    default_class=usable["default_class"],
                )
            )
            found.extend(driver_problems(cluster, _DRIVER.add_on, driver_role))
        found.extend_anew(_existing_problems(usable))
        found.raise_for(scope, id)
        super().__init__(scope, id, cluster)

        self.file_system = file_system or self._make_file_system(encryption_key, automatic_backups, removal_policy)
        for group in self.file_system.connections.security_groups:
            let_in(group, cluster.security_group, _NFS, user=self, description="Pods that mount the file system")
        if cluster.compute != "FARGATE":
            self.driver_role = driver_role or install_driver(self, cluster, _DRIVER)
        if (provisioning or _default_provisioning(cluster)) == "STATIC":
            return
        self.storage_class_name = storage_class_name
        assert self.driver_role is not None  # noqa: S101  (Fargate is STATIC)
        let_driver(self, self.driver_role, self._rights_of_driver(), wildcards=_RIGHTS)
        self._add_class(
            provisioner="efs.csi.aws.com",
            parameters={
                "provisioningMode": "efs-ap",
                "fileSystemId": self.file_system.file_system_id,
                "directoryPerms": "700",
                "basePath": "/dynamic",
            },
            reclaim_policy=reclaim_policy,
            default_class=default_class,
            wait_for_pod=False,
            can_grow=False,
        )

    def claim(self, name: str, *, namespace: str, size_gib: int = 1, user: str = "1000:1000") -> str:
        """Add a volume and its claim to the manifests of the cluster, and return the name of the claim.

        The stack creates the access point, so this works on nodes and on Fargate, and the files stay when the claim is
        deleted.

        Args:
            name: Name of the claim, unique in its namespace.
            namespace: Namespace of the pods that mount it.
            size_gib: Size shown in Kubernetes. Default: 1; EFS has no size limit.
            user: User and group that own the files, as numbers; all pods read and write as this user. Default:
                `1000:1000`.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(self.claim, locals())
        if not found.has("user"):
            found.extend(_user_problems(user))
        self._check_claim(found, name, namespace, size_gib)
        uid, _, gid = user.partition(":")
        # Beside its file system, so that the handle is a value of only one stack.
        beside = cdk.Stack.of(self.file_system) is not cdk.Stack.of(self)
        access_point = efs.AccessPoint(
            cast("Construct", self.file_system) if beside else self,
            f"{self.cluster.cluster_name}-{namespace}-{name}" if beside else f"{namespace}-{name}",
            file_system=self.file_system,
            path=f"/{namespace}/{name}",
            create_acl=efs.Acl(owner_uid=uid, owner_gid=gid, permissions="750"),
            posix_user=efs.PosixUser(uid=uid, gid=gid),
        )
        source = {
            "driver": "efs.csi.aws.com",
            "volumeHandle": cdk.Fn.join("::", [self.file_system.file_system_id, access_point.access_point_id]),
            "volumeAttributes": {"encryptInTransit": "true"},
        }
        volume, spec = static_volume(name, namespace, size_gib, "ReadWriteMany", source)
        self._add_claim(name, namespace, size_gib, spec, volume)
        return name

    def _make_file_system(
        self, key: kms.IKey | None, backups: Literal[True] | Disabled, removal_policy: cdk.RemovalPolicy
    ) -> efs.FileSystem:
        group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=self.cluster.vpc,
            description="EFS file system of a cluster",
            allow_all_outbound=False,
        )
        made = efs.FileSystem(
            self,
            "FileSystem",
            vpc=self.cluster.vpc,
            vpc_subnets=_one_per_zone(self.cluster.node_subnets),
            security_group=group,
            encrypted=True,
            kms_key=key,
            enable_automatic_backups=backups is True,
            throughput_mode=efs.ThroughputMode.ELASTIC,
            removal_policy=removal_policy,
            allow_anonymous_access=True,  # set by the policy, to which CDK would add a second statement
            file_system_policy=iam.PolicyDocument(
                statements=[
                    iam.PolicyStatement(
                        principals=[iam.AnyPrincipal()],
                        actions=["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
                        conditions={
                            "Bool": {
                                "aws:SecureTransport": "true",
                                "elasticfilesystem:AccessedViaMountTarget": "true",
                            }
                        },
                    )
                ]
            ),
        )
        # A replaced file system is kept, because a changed option should not delete files.
        resource_of(made).add_override("UpdateReplacePolicy", "Retain")
        if isinstance(backups, Disabled):
            record_opt_out(made, "eks-storage-backups", backups)
        return made

    def _rights_of_driver(self) -> list[iam.PolicyStatement]:
        """Return the driver's permissions to create access points in this file system.

        See https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEFSCSIDriverPolicy.html
        """
        arn = self.file_system.file_system_arn
        stack = cdk.Stack.of(self)
        access_points = stack.format_arn(service="elasticfilesystem", resource="access-point", resource_name="*")
        made_by_driver = {"Null": {f"aws:RequestTag/{_TAG}": "false"}}
        return [
            iam.PolicyStatement(
                actions=[
                    "elasticfilesystem:DescribeAccessPoints",
                    "elasticfilesystem:DescribeFileSystems",
                    "elasticfilesystem:DescribeMountTargets",
                ],
                resources=[arn],
            ),
            iam.PolicyStatement(
                actions=["elasticfilesystem:CreateAccessPoint"], resources=[arn], conditions=made_by_driver
            ),
            iam.PolicyStatement(
                actions=["elasticfilesystem:TagResource"],
                resources=[access_points, arn],
                conditions=made_by_driver | {"StringEquals": {"elasticfilesystem:CreateAction": "CreateAccessPoint"}},
            ),
            iam.PolicyStatement(
                actions=["elasticfilesystem:DescribeAccessPoints", "elasticfilesystem:DeleteAccessPoint"],
                resources=[access_points],
                conditions={"Null": {f"aws:ResourceTag/{_TAG}": "false"}},
            ),
            iam.PolicyStatement(actions=["ec2:DescribeAvailabilityZones"], resources=["*"]),
        ]


_RIGHTS = (
    "ec2:DescribeAvailabilityZones supports no resource-level permissions, and the ids of access points are unknown "
    "before the driver creates them; it can delete only those with its tag"
)


def _default_provisioning(cluster: EksCluster) -> Provisioning:
    return "STATIC" if cluster.compute == "FARGATE" else "DYNAMIC"


def _one_per_zone(wanted: ec2.SubnetSelection) -> ec2.SubnetSelection:
    """Return one of these subnets per zone, because EFS allows one mount target in a zone."""
    if wanted.subnets is not None:
        first = {subnet.availability_zone: subnet for subnet in reversed(wanted.subnets)}
        return ec2.SubnetSelection(subnets=[subnet for subnet in wanted.subnets if subnet in first.values()])
    return ec2.SubnetSelection(
        availability_zones=wanted.availability_zones,
        one_per_az=True,
        subnet_filters=wanted.subnet_filters,
        subnet_group_name=wanted.subnet_group_name,
        subnet_type=wanted.subnet_type,
    )


def _provisioning_problems(
    cluster: EksCluster, provisioning: Provisioning | None, *, default_class: bool
) -> list[Problem]:
    found = Problems()
    if cluster.compute == "FARGATE" and provisioning == "DYNAMIC":
        found.add(
            "provisioning",
            "Fargate mounts only existing volumes and creates none",
            given=provisioning,
            allowed="STATIC, or None",
            practice="eks-storage-on-fargate",
        )
    if default_class and (provisioning or _default_provisioning(cluster)) == "STATIC":
        found.add(
            "default_class",
            "with STATIC provisioning there is no storage class",
            given=True,
            allowed="False, or provisioning='DYNAMIC' on nodes",
        )
    return list(found)


def _existing_problems(usable: dict[str, object]) -> list[Problem]:
    found = Problems()
    if usable["file_system"] is None:
        return []
    for option in ("encryption_key", "automatic_backups", "removal_policy"):
        if usable[option] != {"encryption_key": None, "automatic_backups": True}.get(option, cdk.RemovalPolicy.RETAIN):
            found.add(
                option,
                "the existing file system has its own setting",
                given=usable[option],
                allowed="the default, or no file_system",
            )
    return list(found)


def _user_problems(user: str) -> list[Problem]:
    found = Problems()
    match = _USER.fullmatch(user)
    if match is None or match[1] == "0":
        found.add(
            "user",
            "not a valid owner of files",
            given=user,
            allowed="two numbers such as 1000:1000, the first above 0",
            practice="efs-access-point",
        )
    return list(found)
