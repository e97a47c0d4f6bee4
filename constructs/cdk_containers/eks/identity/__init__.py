"""Who pods are: in IAM, by Pod Identity or IRSA, and in the Kubernetes API, by roles and groups."""

from .irsa import irsa_role
from .kubernetes_role import KubernetesRole, RoleRule
from .workload_identity import WorkloadIdentity, account_problems, identity_problems

__all__ = ["KubernetesRole", "RoleRule", "WorkloadIdentity", "account_problems", "identity_problems", "irsa_role"]
