"""What kubectl makes of storage and identities once the stacks are deployed: every value in its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_containers import WorkloadIdentity
from tests.eks.manifest_checks import check, kustomize
from tests.toolkit import eks_cluster

from .making import ebs, efs, lustre, ontap

VALUES = {
    "FileSystemId": "fs-0123456789abcdef0",
    "VolumeHandle": "fs-0123456789abcdef0::fsap-0123456789abcdef0",
    "Dnsname": "fs-0123456789abcdef0.fsx.eu-west-1.amazonaws.com",
    "Mountname": "abcdefgh",
    "FsxFilesystemID": "fs-0123456789abcdef0",
    "Name": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:svm-AbCdEf",
    "RoleArn": "arn:aws:iam::111111111111:role/windows",
}


def deployed(app: cdk.App, *stacks: str) -> dict[str, str]:
    """Return what the outputs for manifests have after a deployment."""
    found: dict[str, str] = {}
    for stack in stacks:
        template = json.loads((Path(app.outdir) / f"{stack}.template.json").read_text())
        for name in template.get("Outputs", {}):
            if "Manifests" in name:
                [value] = [value for end, value in VALUES.items() if name.endswith(end)] or [f"unknown {name}"]
                found[name] = value
    return found


@pytest.mark.parametrize("apart", [False, True], ids=["one stack", "two stacks"])
def test_every_value_of_the_stacks_gets_into_its_place(tmp_path: Path, apart: bool):  # noqa: FBT001
    app = cdk.App(outdir=str(tmp_path / "out"), analytics_reporting=False)
    platform = cdk.Stack(app, "Platform")
    data = cdk.Stack(app, "Data") if apart else platform
    cluster = eks_cluster(platform)
    ebs(cluster, scope=data, default_class=True).claim("disk", namespace="shop", size_gib=20)
    efs(cluster, scope=data).claim("files", namespace="shop")
    lustre(cluster, scope=data).claim("scratch", namespace="shop")
    ontap(cluster, scope=data).claim("netapp", namespace="shop", size_gib=20)
    WorkloadIdentity(data, "Windows", cluster=cluster, namespace="shop", service_account="windows", platform="WINDOWS")
    app.synth()
    values = deployed(app, "Platform", *(["Data"] if apart else []))
    assert values
    assert not [value for value in values.values() if value.startswith("unknown")]
    made = kustomize(cluster.manifests.path, values, tmp_path / "copy")
    check(({key: entry[key] for key in ("apiVersion", "kind", "metadata")} | entry for entry in made), complete=False)
    volumes = {entry["metadata"]["name"]: entry["spec"]["csi"] for entry in of_kind(made, "PersistentVolume")}
    assert volumes["shop-files"]["volumeHandle"] == VALUES["VolumeHandle"]
    assert volumes["shop-scratch"]["volumeAttributes"] == {
        "dnsname": VALUES["Dnsname"],
        "mountname": VALUES["Mountname"],
    }
    [backend] = of_kind(made, "TridentBackendConfig")
    assert backend["spec"]["credentials"]["name"] == VALUES["Name"]
    [account] = of_kind(made, "ServiceAccount")
    assert account["metadata"]["annotations"] == {"eks.amazonaws.com/role-arn": VALUES["RoleArn"]}


def of_kind(manifests: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [manifest for manifest in manifests if manifest["kind"] == kind]
