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
        id="eks-pod-security",
        title="Hold pods to the restricted Pod Security Standard",
        why=(
            "A container that runs as root, keeps its privileges or mounts files of its node is one vulnerability away "
            "from every other pod on it. Sidecars and init containers count like the rest."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/pod-security.html",
        severity=Severity.HIGH,
        option="EksCluster.add_manifests",
    ),
    Practice(
        id="eks-no-secret-manifests",
        title="Keep secrets out of manifests",
        why=(
            "A Secret in a manifest is text in a file, in a template or a repository: encoded, not encrypted. "
            "Whoever reads one of them has the password."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/data-encryption-and-secrets-management.html",
        severity=Severity.CRITICAL,
        option="EksCluster.add_manifests",
    ),
    Practice(
        id="eks-fargate-limits",
        title="Ask Fargate only for what it has",
        why=(
            "A pod that asks for a device, a port of its node, a privileged container or a volume on EBS stays pending "
            "on Fargate for ever, and nothing but its events says why."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/fargate.html",
        severity=Severity.HIGH,
        option="EksCluster.add_manifests",
    ),
)
