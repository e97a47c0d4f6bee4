"""Practices for clusters, nodes and workloads on EKS."""

from .model import Practice, Severity

PRACTICES = (
    Practice(
        id="eks-private-endpoint",
        title="Keep the API of the cluster inside the network",
        why=(
            "A public endpoint lets the whole internet try stolen credentials and new vulnerabilities of the API "
            "server. With the private endpoint, a caller needs a way into the network first."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/cluster-access-management.html",
        severity=Severity.HIGH,
        option="EksCluster.public_access",
        checkers={"security-hub": ("EKS.1",), "cdk-nag": ("AwsSolutions-EKS1",)},
    ),
    Practice(
        id="eks-node-metadata",
        title="Answer metadata requests of the node alone",
        why=(
            "A pod that reaches the instance metadata service gets the credentials of the node. IMDSv2 with one hop "
            "keeps pods out that have an address of their own; pods in the host's network still reach it."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
        severity=Severity.CRITICAL,
        option="ManagedNodeGroup",
        checkers={"security-hub": ("EC2.8", "EC2.170", "AutoScaling.3"), "checkov": ("CKV_AWS_79",)},
    ),
    Practice(
        id="eks-node-image",
        title="Start nodes from an image that EKS still makes",
        why=(
            "EKS makes no image of Amazon Linux 2 after Kubernetes 1.32. The variants of Amazon Linux 2023 and "
            "Bottlerocket for ARM64, GPUs and Neuron differ, and a node with another one never joins or has no driver."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/eks-optimized-amis.html",
        severity=Severity.HIGH,
        option="NodeOptions.machine_image",
    ),
    Practice(
        id="eks-node-role",
        title="Give the role of nodes nothing but what the kubelet needs",
        why=(
            "Every pod on a node could use what its role may do. Pods have roles of their own by Pod Identity, the VPC "
            "CNI as well."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
        severity=Severity.CRITICAL,
        option="ManagedNodeGroup",
    ),
    Practice(
        id="eks-node-count",
        title="Give nodes bounds, and leave the number to the autoscaler",
        why=(
            "A number in the template resets what an autoscaler did at each deployment, and ends nodes whose pods have "
            "no other place."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/cas.html",
        severity=Severity.MEDIUM,
        option="ManagedNodeGroup.desired_nodes",
    ),
    Practice(
        id="eks-node-version",
        title="Keep nodes within three minor versions of their cluster",
        why="Kubernetes supports no kubelet that is newer than the API server, or more than three versions older.",
        source="https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html",
        severity=Severity.HIGH,
        option="ManagedNodeGroup.version",
    ),
    Practice(
        id="eks-node-repair",
        title="Replace broken nodes automatically",
        why="A node whose kubelet, network or disk is broken keeps its pods until somebody notices.",
        source="https://docs.aws.amazon.com/eks/latest/userguide/node-health.html",
        severity=Severity.MEDIUM,
        option="ManagedNodeGroup.node_repair",
    ),
    Practice(
        id="eks-first-nodes",
        title="Make the first nodes in the stack of their cluster",
        why=(
            "CoreDNS and other add-ons of the cluster become ready on nodes only. If those are in a stack that is "
            "deployed later, each of the two waits for the other."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html",
        severity=Severity.HIGH,
        option="ManagedNodeGroup.cluster",
    ),
    Practice(
        id="eks-pod-fits-node",
        title="Request no more for a pod than a node has to give",
        why=(
            "A node has less to give than its instance type has: the kubelet, the system and each pod that may run "
            "there keep a part. A pod that fits nowhere stays pending."
        ),
        source="https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/",
        severity=Severity.HIGH,
        option="ManagedNodeGroup.instance_types",
    ),
    Practice(
        id="eks-fargate-role-trust",
        title="Let only profiles of one cluster take on its pod execution role",
        why=(
            "Without a condition on the source, a Fargate profile of another cluster or account could have EKS use the "
            "role for it (the confused deputy)."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/pod-execution-role.html",
        severity=Severity.HIGH,
        option="FargateProfile",
    ),
    Practice(
        id="eks-fargate-selectors",
        title="Select the pods of a Fargate profile by namespace and labels",
        why="EKS takes one to five selectors for a profile. A pod that no profile selects waits for a node.",
        source="https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html",
        severity=Severity.MEDIUM,
        option="FargateProfile.selectors",
    ),
    Practice(
        id="eks-karpenter-limits",
        title="Limit what Karpenter may start, and how much it may disrupt at a time",
        why=(
            "Pods that wait by mistake start nodes until the quota of the account is used up. A budget keeps "
            "consolidation from moving everything at once."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/karpenter.html",
        severity=Severity.MEDIUM,
        option="KarpenterPool.max_vcpus",
    ),
    Practice(
        id="eks-hybrid-networks",
        title="Tell the networks of machines outside AWS apart from all others",
        why="The control plane reaches those machines by their addresses. Overlapping ones lead its answers elsewhere.",
        source="https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-networking.html",
        severity=Severity.HIGH,
        option="EksCluster.remote_node_networks",
    ),
    Practice(
        id="eks-hybrid-credentials",
        title="Give machines outside AWS credentials that end by themselves",
        why=(
            "Keys on a machine outside AWS are good until somebody takes them back. Systems Manager and IAM Roles "
            "Anywhere give out credentials that end within hours, for this account and this authority only."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-creds.html",
        severity=Severity.HIGH,
        option="HybridNodes.credentials",
    ),
)
