"""An assembly whose stack needs images, secrets, certificates and EKS, and what AWS says of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.operate import shop
from tests.operate.script import ACCOUNT, NOW, REGION, Error

ECR = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:login-AbCdEf"
PARAMETER = "/shop/key"
CERTIFICATE = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/0123-abcd"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Execution"
GONE = Error("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
STACK = f"{shop.STACK}/Shop"


def task(
    image: Any = f"{ECR}/shop/web:1.2", *, secret: Any = "", role: Any = ROLE, cpu: str = "ARM64"
) -> dict[str, Any]:
    container = {"Name": "app", "Image": image, **({"Secrets": [{"Name": "X", "ValueFrom": secret}]} if secret else {})}
    return shop.resource(
        "AWS::ECS::TaskDefinition",
        f"{STACK}/Web/Task/Definition/Resource",
        ContainerDefinitions=[container],
        ExecutionRoleArn=role,
        RuntimePlatform={"CpuArchitecture": cpu},
    )


def listener(arn: Any = CERTIFICATE) -> dict[str, Any]:
    path = f"{STACK}/LoadBalancer/Https"
    return shop.resource("AWS::ElasticLoadBalancingV2::Listener", path, Certificates=[{"CertificateArn": arn}])


def large(tasks: Any = 20) -> dict[str, Any]:
    """A service whose deployment takes 20 vCPUs, as long as it has 20 tasks."""
    definition = task()
    definition["Properties"] |= {"Cpu": "512", "RequiresCompatibilities": ["FARGATE"]}
    properties = {"TaskDefinition": {"Ref": "Large"}, "LaunchType": "FARGATE", "DesiredCount": tasks}
    return {"Large": definition, "LargeService": shop.service(f"{STACK}/Large", **properties)}


def cluster(version: str = "1.36") -> dict[str, Any]:
    return {
        "Cluster": shop.resource("AWS::EKS::Cluster", f"{shop.STACK}/Kubernetes/Resource", Version=version),
        "Dns": shop.resource(
            "AWS::EKS::Addon",
            f"{shop.STACK}/Kubernetes/Dns",
            AddonName="coredns",
            AddonVersion="v1.13.0-eksbuild.1",
            ClusterName={"Ref": "Cluster"},
        ),
    }


def assembly(folder: Path, resources: Mapping[str, Any], **options: Any) -> Path:
    return shop.assembly(folder / "cdk.out", {shop.STACK: resources}, **options)


def index(*architectures: str) -> dict[str, Any]:
    """An image for several architectures, with an attestation."""
    platforms = [*architectures, "unknown"]
    manifest = {"manifests": [{"digest": "x", "platform": {"os": "linux", "architecture": it}} for it in platforms]}
    return {"ecr.batch_get_image": {"images": [{"imageManifest": json.dumps(manifest)}]}}


def plain() -> dict[str, Any]:
    """An image for one architecture, which only its configuration names."""
    manifest = {"config": {"digest": "sha256:c0"}, "layers": []}
    return {
        "ecr.batch_get_image": {"images": [{"imageManifest": json.dumps(manifest)}]},
        "ecr.get_download_url_for_layer": {"downloadUrl": "https://s3/config"},
    }


def told(*others: Mapping[str, Any]) -> dict[str, Any]:
    """Everything is there, but for what the others say."""
    certificate = {"DomainName": "shop.example.com", "Status": "ISSUED", "NotAfter": NOW + timedelta(days=200)}
    version = {"clusterVersion": "1.36", "versionStatus": "STANDARD_SUPPORT", "endOfStandardSupportDate": NOW}
    parameter = {"Name": PARAMETER, "Type": "SecureString"}
    found: dict[str, Any] = {
        **index("amd64", "arm64"),
        "ecr.describe_pull_through_cache_rules": {"pullThroughCacheRules": []},
        "secretsmanager.describe_secret": {"ARN": SECRET, "Name": "login"},
        "ssm.describe_parameters": {"Parameters": [parameter]},
        "iam.simulate_principal_policy": {
            "EvaluationResults": [{"EvalActionName": "kms:Decrypt", "EvalDecision": "allowed"}]
        },
        "acm.describe_certificate": {"Certificate": certificate},
        "eks.describe_cluster_versions": {"clusterVersions": [version]},
        "eks.describe_addon_versions": {"addons": [{"addonVersions": [{"addonVersion": "v1.13.0-eksbuild.1"}]}]},
        "cloudformation.describe_stack_resources": {"StackResources": []},
        "service-quotas.get_service_quota": {"Quota": {"Value": 100.0}},
    }
    for other in others:
        found.update(other)
    return found
