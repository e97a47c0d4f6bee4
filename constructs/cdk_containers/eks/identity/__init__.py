"""Identity of pods: in IAM with Pod Identity or IRSA, and in the Kubernetes API with roles and groups."""

from .irsa import irsa_role
from .kubernetes_role import KubernetesRole, RoleRule
from .workload_identity import WorkloadIdentity, account_problems, identity_problems

__all__ = ["KubernetesRole", "RoleRule", "WorkloadIdentity", "account_problems", "identity_problems", "irsa_role"]
