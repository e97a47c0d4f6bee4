"""What the tests of all kinds of storage share."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk

from cdk_containers import EbsStorage, EfsStorage, EksCluster, LustreStorage, OntapStorage
from tests.eks.reading import files_of
from tests.toolkit import Template, network, resources

ROUTE_TABLES = ["rtb-0123456789abcdef0"]


def ebs(cluster: EksCluster, id: str = "Ebs", scope: Any = None, **options: Any) -> EbsStorage:  # noqa: A002
    return EbsStorage(scope or cdk.Stack.of(cluster), id, cluster=cluster, **options)


def efs(cluster: EksCluster, id: str = "Efs", scope: Any = None, **options: Any) -> EfsStorage:  # noqa: A002
    return EfsStorage(scope or cdk.Stack.of(cluster), id, cluster=cluster, **options)


def lustre(cluster: EksCluster, id: str = "Lustre", scope: Any = None, **options: Any) -> LustreStorage:  # noqa: A002
    return LustreStorage(scope or cdk.Stack.of(cluster), id, cluster=cluster, **options)


def ontap(cluster: EksCluster, id: str = "Ontap", scope: Any = None, **options: Any) -> OntapStorage:  # noqa: A002
    options.setdefault("route_table_ids", ROUTE_TABLES)
    return OntapStorage(scope or cdk.Stack.of(cluster), id, cluster=cluster, **options)


def imported(stack: cdk.Stack, **options: Any) -> EksCluster:
    return EksCluster.from_attributes(
        stack,
        "Imported",
        cluster_name="shop",
        version="1.36",
        network=network(stack),
        security_group_id="sg-0123456789abcdef0",
        **options,
    )


def add_ons(template: Template) -> list[str]:
    """Return the drivers that a template installs."""
    names = [entry["Properties"]["AddonName"] for entry in resources(template, "AWS::EKS::Addon").values()]
    return sorted(name for name in names if "csi" in name or "trident" in name)


def rules_in(template: Template, part: str) -> set[tuple[int, int]]:
    """Return the ports that rules open in groups with a part in their names."""
    found = resources(template, "AWS::EC2::SecurityGroupIngress")
    return {
        (entry["Properties"]["FromPort"], entry["Properties"]["ToPort"])
        for entry in found.values()
        if part in str(entry["Properties"]["GroupId"])
    }


def storage_class(cluster: EksCluster, name: str) -> dict[str, Any]:
    [found] = files_of(cluster)[f"storage-class-{name}"]
    return found


def statements(template: Template, part: str) -> list[dict[str, Any]]:
    [policy] = [entry for name, entry in resources(template, "AWS::IAM::Policy").items() if part in name]
    found: list[dict[str, Any]] = policy["Properties"]["PolicyDocument"]["Statement"]
    return found
