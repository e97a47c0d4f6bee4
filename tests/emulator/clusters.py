"""What EKS says of the clusters that were deployed, and what their manifests become with the stacks' outputs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.eks.manifest_checks import kustomize

from .cdk_cli import Assembly, Emulator
from .inventory import every

Found = dict[str, Any]

STACK = re.compile(r"(?P<environment>dev|prod)eks(?P<rest>\w+)-Cluster-")


def read_clusters(emulator: Emulator) -> dict[str, Found]:
    """Describe each cluster with all that it holds, by its stack."""
    eks = emulator.client("eks")
    found = {}
    for name in every(eks, "list_clusters", "clusters"):
        stack = STACK.match(name)
        assert stack, name
        found[f"eks-{stack['rest']}"] = read_cluster(eks, name)
    return found


def read_cluster(eks: Any, name: str) -> Found:
    of_it = {"clusterName": name}
    return {
        "cluster": eks.describe_cluster(name=name)["cluster"],
        "nodegroups": [
            eks.describe_nodegroup(**of_it, nodegroupName=it)["nodegroup"]
            for it in every(eks, "list_nodegroups", "nodegroups", **of_it)
        ],
        "profiles": [
            eks.describe_fargate_profile(**of_it, fargateProfileName=it)["fargateProfile"]
            for it in every(eks, "list_fargate_profiles", "fargateProfileNames", **of_it)
        ],
        "addons": {
            it: eks.describe_addon(**of_it, addonName=it)["addon"]
            for it in every(eks, "list_addons", "addons", **of_it)
        },
        "entries": {
            it: {
                **eks.describe_access_entry(**of_it, principalArn=it)["accessEntry"],
                "policies": eks.list_associated_access_policies(**of_it, principalArn=it)["associatedAccessPolicies"],
            }
            for it in every(eks, "list_access_entries", "accessEntries", **of_it)
        },
        "associations": {
            f"{it['namespace']}/{it['serviceAccount']}": eks.describe_pod_identity_association(
                **of_it, associationId=it["associationId"]
            )["association"]
            for it in every(eks, "list_pod_identity_associations", "associations", **of_it)
        },
    }


def read_storage(emulator: Emulator) -> Found:
    fsx, efs = emulator.client("fsx"), emulator.client("efs")
    return {
        "FSx": {it["FileSystemType"]: it for it in fsx.describe_file_systems()["FileSystems"]},
        "virtual machines": fsx.describe_storage_virtual_machines()["StorageVirtualMachines"],
        "access points": efs.describe_access_points()["AccessPoints"],
    }


def images(objects: list[Found]) -> dict[str, str]:
    """Name the images of the Deployments among these objects."""
    return {
        it["metadata"]["name"]: it["spec"]["template"]["spec"]["containers"][0]["image"]
        for it in objects
        if it["kind"] == "Deployment"
    }


# What the folder says of itself: which outputs of which stack to write into its values.
VALUES = re.compile(r"--stack-name (?P<stack>[\w-]+) .*?starts_with\(OutputKey, '(?P<prefix>\w+)'\)", re.DOTALL)


def read_manifests(emulator: Emulator, assembly: Assembly) -> dict[str, list[Found]]:
    """Fill the outputs of the deployed stacks into each folder as it says, and build what kubectl would apply."""
    return {
        path.name.split(".")[0].split("-", 1)[1]: build(emulator, path)
        for path in sorted(assembly.folder.glob("*.Cluster.manifests"))
    }


def build(emulator: Emulator, folder: Path) -> list[Found]:
    values = {}
    for it in VALUES.finditer((folder / "kustomization.yaml").read_text()):
        (stack,) = emulator.client("cloudformation").describe_stacks(StackName=it["stack"])["Stacks"]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        values |= {key: value for key, value in outputs.items() if key.startswith(it["prefix"])}
    return kustomize(folder, values, emulator.folder / "manifests" / f"{folder.parent.name}-{folder.name}")
