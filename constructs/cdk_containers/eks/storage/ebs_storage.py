"""EBS block storage for pods."""

from __future__ import annotations

from typing import Literal

from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import kms
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import argument_problems, is_token, usable_arguments
from cdk_containers.model.workload import EbsVolume

from ..clusters import EksCluster
from .csi_driver import CsiDriver, driver_problems, install_driver, let_driver, use_of_key
from .storage import Storage, class_problems, fargate_problems, whole_number_problems

_DRIVER = CsiDriver(
    id="EbsCsiDriver",
    add_on="aws-ebs-csi-driver",
    service_account="ebs-csi-controller-sa",
    policies=("AmazonEBSCSIDriverPolicyV2",),
)

VolumeType = Literal["gp3", "io1", "io2", "st1", "sc1"]


class EbsStorage(Storage):
    """Encrypted EBS volumes, created when a pod claims them, in the zone of the pod.

    Only the pods of one node mount a volume at a time. Auto Mode has the driver built in; otherwise the add-on is
    installed once in a cluster, with a role that can change only volumes that the driver created.

    Attributes:
        driver_role: Role of the driver; None in Auto Mode.

    See https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html
    """

    driver_role: iam.IRole | None = None
    _access_mode = "ReadWriteOnce"

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        storage_class_name: str = "ebs",
        default_class: bool = False,
        volume_type: Literal["gp3", "io1", "io2", "st1", "sc1"] = "gp3",
        iops: int | None = None,
        throughput_mib: int | None = None,
        file_system: Literal["ext4", "xfs"] = "ext4",
        encryption_key: kms.IKey | None = None,
        reclaim_policy: Literal["Retain", "Delete"] = "Retain",
        driver_role: iam.IRole | None = None,
    ) -> None:
        """Create storage.

        Args:
            scope: The parent, usually a stack; it may be a different stack than the cluster's.
            id: Name among the parent's children.
            cluster: The cluster. Fargate cannot mount EBS volumes.
            storage_class_name: Name of the storage class. Parameters of an existing class are immutable, so change the
                name with them. Default: `ebs`.
            default_class: Whether it is the default class for claims without one. EKS has no default class, and a
                cluster has only one. Default: False.
            volume_type: Type of the volumes. Default: `gp3`, whose speed does not depend on its size.
            iops: I/O operations per second of each volume; `io1` and `io2` require it. Default: the baseline of the
                type.
            throughput_mib: Throughput of each gp3 volume in MiB/s, 125–2000. Default: 125, the gp3 baseline.
            file_system: File system of the volumes. Default: `ext4`.
            encryption_key: KMS key of the volumes; the driver gets permission to use it. Volumes are always encrypted.
                Default: the account's key for EBS.
            reclaim_policy: What happens to a volume when its claim is deleted. `Delete` deletes it. Default: `Retain`,
                so that deleting a namespace does not delete data.
            driver_role: Role of an existing driver in the cluster; it gets permission to use `encryption_key`. Default:
                a new driver, unless another storage has installed it.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        given = dict(locals())
        found = argument_problems(EbsStorage.__init__, given)
        usable = usable_arguments(EbsStorage.__init__, given, found)
        found.extend_anew(_volume_problems(usable["volume_type"], usable["iops"], usable["throughput_mib"]))
        if not found.has("cluster"):
            found.extend(fargate_problems(cluster, "EBS volumes", "a cluster with nodes; or EfsStorage on Fargate"))
            found.extend_anew(
                class_problems(
                    cluster,
                    "storage_class_name",
                    usable["storage_class_name"],
                    default_class=usable["default_class"],
                )
            )
            found.extend(driver_problems(cluster, _DRIVER.add_on, driver_role))
            if cluster.compute == "AUTO" and driver_role is not None and not found.has("driver_role"):
                found.add(
                    "driver_role",
                    "the driver is built into Auto Mode, with the role of the cluster",
                    given=driver_role.node.path,
                    allowed="None",
                )
        found.raise_for(scope, id)
        super().__init__(scope, id, cluster)

        self.storage_class_name = storage_class_name
        auto = cluster.compute == "AUTO"
        if not auto:
            self.driver_role = driver_role or install_driver(self, cluster, _DRIVER)
        user = _cluster_role(cluster) if auto else self.driver_role
        if encryption_key is not None and user is not None:
            let_driver(self, user, use_of_key(encryption_key))
        parameters = {"type": volume_type, "encrypted": "true", "csi.storage.k8s.io/fstype": file_system}
        if encryption_key is not None:
            parameters["kmsKeyId"] = encryption_key.key_arn
        if iops is not None:
            parameters["iops"] = str(iops)
        if throughput_mib is not None:
            parameters["throughput"] = str(throughput_mib)
        self._add_class(
            provisioner="ebs.csi.eks.amazonaws.com" if auto else "ebs.csi.aws.com",
            parameters=parameters,
            reclaim_policy=reclaim_policy,
            default_class=default_class,
            wait_for_pod=True,
            can_grow=True,
        )


def _cluster_role(cluster: EksCluster) -> iam.IRole | None:
    """Return the role of a cluster, which attaches volumes in Auto Mode."""
    role = cluster.node.try_find_child("Role")
    return role if isinstance(role, iam.Role) else None


def _volume_problems(volume_type: VolumeType, iops: int | None, throughput_mib: int | None) -> list[Problem]:
    found = Problems()
    for option, value in (("iops", iops), ("throughput_mib", throughput_mib)):
        if is_token(value):
            found.extend(whole_number_problems(option, value or 0, low=1))
    if not found:
        # The same volume as on ECS.
        volume = EbsVolume(name="data", size_gib=500, volume_type=volume_type, iops=iops, throughput_mib=throughput_mib)
        found.extend(volume.problems())
    return list(found)
