"""Who pods are: in IAM, by Pod Identity or IRSA, and in the Kubernetes API, by roles and groups."""

from .oidc_provider import oidc_provider_arn
from .trust import irsa_role, pod_identity_role
from .workload_identity import WorkloadIdentity

__all__ = ["WorkloadIdentity", "irsa_role", "oidc_provider_arn", "pod_identity_role"]
