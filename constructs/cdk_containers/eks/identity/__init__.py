"""Who pods are: in IAM, by Pod Identity or IRSA, and in the Kubernetes API, by roles and groups."""

from .trust import pod_identity_role, trust_of_pod_identity
from .workload_identity import WorkloadIdentity

__all__ = ["WorkloadIdentity", "pod_identity_role", "trust_of_pod_identity"]
