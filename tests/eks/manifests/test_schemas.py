"""Schemas of the objects of controllers: what is right is taken, a field too many and a wrong value are not."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from cdk_containers.eks.manifests import problems
from cdk_containers.eks.manifests.schemas import SCHEMAS
from cdk_containers.eks.rendering import ClusterFacts

ARN = "arn:aws-cn:elasticloadbalancing:cn-north-1:111111111111:targetgroup/web/0123456789abcdef"
NODE_CLASS = {
    "role": "KarpenterNode",
    "subnetSelectorTerms": [{"tags": {"karpenter.sh/discovery": "shop"}}],
    "securityGroupSelectorTerms": [{"id": "sg-0123456789abcdef0"}],
}
AUTHENTICATION = {"podIdentity": {"provider": "aws", "roleArn": "arn:aws:iam::111111111111:role/keda"}}
STORE = {"provider": {"aws": {"service": "SecretsManager", "region": "eu-west-1"}}}
BINDING = {
    "targetGroupARN": ARN,
    "targetType": "ip",
    "serviceRef": {"name": "web", "port": 80},
    "networking": {
        "ingress": [
            {
                "from": [{"securityGroup": {"groupID": "sg-0123456789abcdef0"}}],
                "ports": [{"protocol": "TCP", "port": 8080}],
            }
        ]
    },
}

RIGHT: dict[tuple[str, str], dict[str, Any]] = {
    ("elbv2.k8s.aws/v1beta1", "TargetGroupBinding"): BINDING,
    ("eks.amazonaws.com/v1", "TargetGroupBinding"): BINDING,
    ("elbv2.k8s.aws/v1beta1", "IngressClassParams"): {
        "scheme": "internal",
        "subnets": {"ids": ["subnet-0123456789abcdef0"]},
    },
    ("eks.amazonaws.com/v1", "IngressClassParams"): {"scheme": "internet-facing", "ipAddressType": "dualstack"},
    ("keda.sh/v1alpha1", "ScaledObject"): {
        "scaleTargetRef": {"name": "worker"},
        "minReplicaCount": 0,
        "maxReplicaCount": 10,
        "triggers": [
            {
                "type": "aws-sqs-queue",
                "metadata": {"queueURL": "https://sqs", "queueLength": "10", "scaleOnInFlight": "false"},
                "authenticationRef": {"name": "keda"},
            }
        ],
    },
    ("keda.sh/v1alpha1", "TriggerAuthentication"): AUTHENTICATION,
    ("keda.sh/v1alpha1", "ClusterTriggerAuthentication"): AUTHENTICATION,
    ("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass"): {
        "provider": "aws",
        "parameters": {"objects": "- objectName: database", "usePodIdentity": "true"},
        "secretObjects": [
            {"secretName": "a", "type": "Opaque", "data": [{"objectName": "database", "key": "password"}]},
        ],
    },
    ("external-secrets.io/v1", "ExternalSecret"): {
        "refreshInterval": "1h",
        "secretStoreRef": {"name": "aws", "kind": "SecretStore"},
        "target": {"name": "database", "creationPolicy": "Owner"},
        "data": [{"secretKey": "password", "remoteRef": {"key": "database", "property": "password"}}],
    },
    ("external-secrets.io/v1", "SecretStore"): STORE,
    ("external-secrets.io/v1", "ClusterSecretStore"): STORE,
    ("karpenter.sh/v1", "NodePool"): {
        "template": {
            "spec": {
                "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"},
                "requirements": [{"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]}],
                "expireAfter": "720h",
            }
        },
        "limits": {"cpu": "1000", "memory": "1000Gi"},
        "disruption": {
            "consolidationPolicy": "WhenEmptyOrUnderutilized",
            "consolidateAfter": "1m",
            "budgets": [{"nodes": "10%"}],
        },
    },
    ("karpenter.k8s.aws/v1", "EC2NodeClass"): {
        **NODE_CLASS,
        "amiSelectorTerms": [{"alias": "al2023@v20260101"}],
        "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
        "blockDeviceMappings": [
            {"deviceName": "/dev/xvda", "ebs": {"volumeSize": "40Gi", "volumeType": "gp3", "encrypted": True}}
        ],
    },
    ("eks.amazonaws.com/v1", "NodeClass"): {**NODE_CLASS, "networkPolicy": "DefaultAllow"},
    ("snapshot.storage.k8s.io/v1", "VolumeSnapshotContent"): {
        "deletionPolicy": "Retain",
        "driver": "ebs.csi.aws.com",
        "source": {"snapshotHandle": "snap-0123456789abcdef0"},
        "volumeSnapshotRef": {"namespace": "shop", "name": "data"},
    },
    ("snapshot.storage.k8s.io/v1", "VolumeSnapshot"): {"source": {"volumeSnapshotContentName": "data"}},
    ("trident.netapp.io/v1", "TridentBackendConfig"): {
        "version": 1,
        "backendName": "ontap",
        "storageDriverName": "ontap-nas",
        "svm": "svm",
        "aws": {"fsxFilesystemID": "fs-0123456789abcdef0"},
        "credentials": {"name": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:svm", "type": "awsarn"},
    },
}

WRONG: list[tuple[str, str, Any, str]] = [
    ("TargetGroupBinding", "targetGroupARN", "arn:aws:s3:::x", "not in the right format"),
    ("TargetGroupBinding", "targetType", "lambda", "unknown value"),
    ("TargetGroupBinding", "serviceRef", {"name": "web"}, "it is missing"),
    ("TargetGroupBinding", "serviceRef", {"name": "web", "port": 0}, "not a valid whole number"),
    ("TargetGroupBinding", "networking", {"ingress": []}, "too few entries"),
    ("IngressClassParams", "scheme", "public", "unknown value"),
    ("IngressClassParams", "tags", {"team": "shop"}, "not a list"),
    ("ScaledObject", "minReplicaCount", 20, "more than maxReplicaCount"),
    ("ScaledObject", "idleReplicaCount", 0, "not less than minReplicaCount"),
    ("ScaledObject", "triggers", [{"type": "cpu", "metadata": {"value": 60}}], "not text"),
    ("TriggerAuthentication", "podIdentity", {"provider": "aws-eks"}, "unknown value"),
    ("SecretProviderClass", "provider", "vault", "unknown value"),
    ("SecretProviderClass", "parameters", {"objects": "x", "usePodIdentity": True}, "not text"),
    ("ExternalSecret", "refreshInterval", "hourly", "not in the right format"),
    ("SecretStore", "provider", {"aws": {"service": "S3", "region": "eu-west-1"}}, "unknown value"),
    ("NodePool", "weight", 101, "not a valid whole number"),
    ("NodePool", "limits", "none", "not a map"),
    ("EC2NodeClass", "instanceProfile", "x", "role and instanceProfile together"),
    ("EC2NodeClass", "detailedMonitoring", "yes", "neither true nor false"),
    ("EC2NodeClass", "amiSelectorTerms", [], "too few entries"),
    ("NodeClass", "ephemeralStorage", {"size": "80GB"}, "not in the right format"),
    ("TridentBackendConfig", "storageDriverName", "ontap", "unknown value"),
    ("VolumeSnapshotContent", "deletionPolicy", "Keep", "unknown value"),
    ("VolumeSnapshot", "source", "data", "not a map"),
]


def found(known: tuple[str, str], spec: Any) -> list[str]:
    metadata = {"name": "web"}
    manifest = {"apiVersion": known[0], "kind": known[1], "metadata": metadata, "spec": spec}
    return [str(problem) for problem in problems([manifest], ClusterFacts(version="1.36"))]


def test_there_is_something_right_for_each_schema() -> None:
    assert RIGHT.keys() == SCHEMAS.keys()


@pytest.mark.parametrize("known", SCHEMAS, ids=[" ".join(known) for known in SCHEMAS])
def test_what_is_right_is_taken_and_a_field_that_there_is_not_is_refused(known: tuple[str, str]) -> None:
    assert found(known, RIGHT[known]) == []
    [wrong] = found(known, {**RIGHT[known], "targetGroupArn": "x"})
    assert "unknown field" in wrong
    assert (
        found(known, {}) != []
        or "IngressClassParams" in known
        or "Authentication" in known[1]
        or known[1] == "ExternalSecret"
    )
    assert found(known, []) != []


@pytest.mark.parametrize(
    ("kind", "field", "value", "said"), WRONG, ids=[f"{kind}.{field}" for kind, field, *_ in WRONG]
)
def test_a_wrong_value_is_refused(kind: str, field: str, value: Any, said: str) -> None:
    known = next(known for known in SCHEMAS if known[1] == kind)
    spec = deepcopy(RIGHT[known]) | {field: value}
    assert [text for text in found(known, spec) if said in text] != []


def test_a_node_pool_names_a_class_of_its_group() -> None:
    known = ("karpenter.sh/v1", "NodePool")
    spec = deepcopy(RIGHT[known])
    spec["template"]["spec"]["nodeClassRef"]["group"] = "eks.amazonaws.com"
    assert "not a kind of this API group" in "".join(found(known, spec))


def test_what_is_beside_the_spec_is_refused() -> None:
    manifest = {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": {"name": "web"}, "triggers": []}
    options = {problem.option for problem in problems([manifest], ClusterFacts(version="1.36"))}
    assert options == {"manifests[0].spec", "manifests[0].triggers"}
