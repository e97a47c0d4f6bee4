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
        id="eks-workload-identity",
        title="Give each workload an IAM role of its own",
        why=(
            "What the role of a node may do, every pod on the node can do. A role for one service account keeps a "
            "compromised pod to what that application needs. EKS Pod Identity does it without an identity provider in "
            "IAM, but not on Fargate or Windows, where IRSA has its place."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
        severity=Severity.HIGH,
        option="WorkloadIdentity.mode",
    ),
)
