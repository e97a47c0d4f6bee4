"""Objects of Karpenter and Auto Mode."""

from __future__ import annotations

from ..schema import Anything, Either, Fields, Flag, ListOf, MapOf, Number, Text

_DURATION = Text(pattern=r"(([0-9]+(s|m|h))+)|Never", example="720h, or Never")
_TAINT = Fields(
    {"key": Text(), "value": Text(), "effect": Text(allowed=("NoSchedule", "PreferNoSchedule", "NoExecute"))},
    ("key", "effect"),
)
_REQUIREMENT = Fields(
    {
        "key": Text(),
        "operator": Text(allowed=("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "Gte", "Lte")),
        "values": ListOf(Text()),
        "minValues": Number(low=1, high=50),
    },
    ("key", "operator"),
)
_NODE_POOL = Fields(
    {
        "template": Fields(
            {
                "metadata": Fields({"labels": MapOf(Text()), "annotations": MapOf(Text())}),
                "spec": Fields(
                    {
                        "nodeClassRef": Fields(
                            {
                                "group": Text(allowed=("karpenter.k8s.aws", "eks.amazonaws.com")),
                                "kind": Text(allowed=("EC2NodeClass", "NodeClass")),
                                "name": Text(),
                            },
                            ("group", "kind", "name"),
                            rule=lambda ref: (
                                (
                                    "kind",
                                    "not a kind of this API group",
                                    "EC2NodeClass of karpenter.k8s.aws, NodeClass of EKS",
                                )
                                if (ref.get("group") == "eks.amazonaws.com") != (ref.get("kind") == "NodeClass")
                                else None
                            ),
                        ),
                        "requirements": ListOf(_REQUIREMENT),
                        "taints": ListOf(_TAINT),
                        "startupTaints": ListOf(_TAINT),
                        "expireAfter": _DURATION,
                        "terminationGracePeriod": _DURATION,
                    },
                    ("nodeClassRef", "requirements"),
                ),
            },
            ("spec",),
        ),
        "disruption": Fields(
            {
                "consolidateAfter": _DURATION,
                "consolidationPolicy": Text(allowed=("WhenEmpty", "WhenEmptyOrUnderutilized")),
                "budgets": ListOf(
                    Fields(
                        {
                            "nodes": Text(pattern=r"((100|[0-9]{1,2})%)|[0-9]+", example="10%, or 1"),
                            "schedule": Text(),
                            "duration": Text(pattern=r"([0-9]+(m|h))+", example="8h"),
                            "reasons": ListOf(Text(allowed=("Underutilized", "Empty", "Drifted"))),
                        },
                        ("nodes",),
                    )
                ),
            },
            ("consolidateAfter",),
        ),
        "limits": MapOf(Either(Number(), Text())),
        "weight": Number(low=1, high=100),
        "replicas": Number(),
    },
    required=("template",),
)
_SUBNETS = ListOf(
    Fields({"tags": MapOf(Text()), "id": Text(pattern=r"subnet-[0-9a-z]+", example="subnet-0123456789abcdef0")}), 1
)
_GROUPS = ListOf(
    Fields(
        {"tags": MapOf(Text()), "id": Text(pattern=r"sg-[0-9a-z]+", example="sg-0123456789abcdef0"), "name": Text()}
    ),
    1,
)
_CAPACITY = ListOf(Fields({"tags": MapOf(Text()), "id": Text(), "ownerID": Text(), "instanceMatchCriteria": Text()}))
_EC2_NODE_CLASS = Fields(
    {
        "amiFamily": Text(
            allowed=("AL2", "AL2023", "Bottlerocket", "Custom", "Windows2019", "Windows2022", "Windows2025")
        ),
        "amiSelectorTerms": ListOf(
            Fields(
                {
                    "alias": Text(pattern=r"[a-zA-Z0-9]+@.+", example="al2023@v20260101"),
                    "id": Text(pattern=r"ami-[0-9a-z]+", example="ami-0123456789abcdef0"),
                    "name": Text(),
                    "owner": Text(),
                    "ssmParameter": Text(),
                    "tags": MapOf(Text()),
                }
            ),
            1,
        ),
        "subnetSelectorTerms": _SUBNETS,
        "securityGroupSelectorTerms": _GROUPS,
        "capacityReservationSelectorTerms": _CAPACITY,
        "role": Text(),
        "instanceProfile": Text(),
        "associatePublicIPAddress": Flag(),
        "instanceStorePolicy": Text(allowed=("RAID0",)),
        "detailedMonitoring": Flag(),
        "userData": Text(),
        "context": Text(),
        "tags": MapOf(Text()),
        "kubelet": Anything(),
        "blockDeviceMappings": ListOf(
            Fields(
                {
                    "deviceName": Text(),
                    "rootVolume": Flag(),
                    "ebs": Fields(
                        {
                            "deleteOnTermination": Flag(),
                            "encrypted": Flag(),
                            "iops": Number(),
                            "kmsKeyID": Text(),
                            "snapshotID": Text(),
                            "throughput": Number(),
                            "volumeInitializationRate": Number(),
                            "volumeSize": Text(pattern=r"\d+(\.\d+)?(G|T|Gi|Ti)", example="40Gi"),
                            "volumeType": Text(allowed=("standard", "io1", "io2", "gp2", "sc1", "st1", "gp3")),
                        }
                    ),
                }
            )
        ),
        "metadataOptions": Fields(
            {
                "httpEndpoint": Text(allowed=("enabled", "disabled")),
                "httpProtocolIPv6": Text(allowed=("enabled", "disabled")),
                "httpPutResponseHopLimit": Number(low=1, high=64),
                "httpTokens": Text(allowed=("required", "optional")),
            }
        ),
        "placementGroupSelector": Anything(),
        "networkInterfaces": Anything(),
        "cpuOptions": Anything(),
    },
    required=("amiSelectorTerms", "securityGroupSelectorTerms", "subnetSelectorTerms"),
    one_of=("role", "instanceProfile"),
)
_NODE_CLASS = Fields(
    {
        "role": Text(),
        "instanceProfile": Text(),
        "subnetSelectorTerms": _SUBNETS,
        "securityGroupSelectorTerms": _GROUPS,
        "podSubnetSelectorTerms": _SUBNETS,
        "podSecurityGroupSelectorTerms": _GROUPS,
        "capacityReservationSelectorTerms": _CAPACITY,
        "networkPolicy": Text(allowed=("DefaultAllow", "DefaultDeny")),
        "networkPolicyEventLogs": Text(allowed=("Enabled", "Disabled")),
        "snatPolicy": Text(allowed=("Random", "Disabled")),
        "ephemeralStorage": Fields(
            {
                "size": Text(pattern=r"\d+(\.\d+)?(G|T|Gi|Ti)", example="80Gi"),
                "iops": Number(low=3000, high=16000),
                "throughput": Number(low=125, high=1000),
                "kmsKeyID": Text(),
            }
        ),
        "advancedNetworking": Anything(),
        "advancedSecurity": Anything(),
        "certificateBundles": Anything(),
        "tags": MapOf(Text()),
    },
    required=("subnetSelectorTerms", "securityGroupSelectorTerms"),
    one_of=("role", "instanceProfile"),
)

SCHEMAS = {
    ("karpenter.sh/v1", "NodePool"): _NODE_POOL,
    ("karpenter.k8s.aws/v1", "EC2NodeClass"): _EC2_NODE_CLASS,
    ("eks.amazonaws.com/v1", "NodeClass"): _NODE_CLASS,
}
