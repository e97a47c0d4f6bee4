"""Kinds of objects in each Kubernetes version, with their API version.

Taken from the published API schemas of Kubernetes 1.25 to 1.37.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .removed_apis import REMOVED

_STABLE = {
    "v1": "Binding ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod "
    "PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount",
    "admissionregistration.k8s.io/v1": "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
    "apiextensions.k8s.io/v1": "CustomResourceDefinition",
    "apiregistration.k8s.io/v1": "APIService",
    "apps/v1": "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet",
    "authentication.k8s.io/v1": "TokenRequest TokenReview",
    "authorization.k8s.io/v1": "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview "
    "SubjectAccessReview",
    "autoscaling/v1": "HorizontalPodAutoscaler Scale",
    "autoscaling/v2": "HorizontalPodAutoscaler",
    "batch/v1": "CronJob Job",
    "certificates.k8s.io/v1": "CertificateSigningRequest",
    "coordination.k8s.io/v1": "Lease",
    "discovery.k8s.io/v1": "EndpointSlice",
    "events.k8s.io/v1": "Event",
    "networking.k8s.io/v1": "Ingress IngressClass NetworkPolicy",
    "node.k8s.io/v1": "RuntimeClass",
    "policy/v1": "Eviction PodDisruptionBudget",
    "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding Role RoleBinding",
    "scheduling.k8s.io/v1": "PriorityClass",
    "storage.k8s.io/v1": "CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment",
}
"""Kinds that exist in every version from 1.25 on."""

_SINCE = {
    ("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy"): 36,
    ("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicyBinding"): 36,
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"): 30,
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding"): 30,
    ("certificates.k8s.io/v1", "ClusterTrustBundle"): 37,
    ("certificates.k8s.io/v1", "PodCertificateRequest"): 37,
    ("flowcontrol.apiserver.k8s.io/v1", "FlowSchema"): 29,
    ("flowcontrol.apiserver.k8s.io/v1", "PriorityLevelConfiguration"): 29,
    ("networking.k8s.io/v1", "IPAddress"): 33,
    ("networking.k8s.io/v1", "ServiceCIDR"): 33,
    ("resource.k8s.io/v1", "DeviceClass"): 34,
    ("resource.k8s.io/v1", "ResourceClaim"): 34,
    ("resource.k8s.io/v1", "ResourceClaimTemplate"): 34,
    ("resource.k8s.io/v1", "ResourceSlice"): 34,
    ("storage.k8s.io/v1", "VolumeAttributesClass"): 34,
    ("storagemigration.k8s.io/v1", "StorageVersionMigration"): 37,
}
"""Kinds that became stable later, with their first minor version."""


_KNOWN: Mapping[tuple[str, str], int] = {
    **{(version, kind): 0 for version, kinds in _STABLE.items() for kind in kinds.split()},
    **_SINCE,
}
_GROUPS = {version.rpartition("/")[0] for version, _ in (*_KNOWN, *REMOVED)}

CLUSTER_SCOPED = frozenset(
    [
        "APIService",
        "CSIDriver",
        "CSINode",
        "CertificateSigningRequest",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "EC2NodeClass",
        "FlowSchema",
        "IngressClass",
        "IngressClassParams",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "NodeClass",
        "NodePool",
        "PersistentVolume",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "RuntimeClass",
        "ServiceCIDR",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
        "VolumeAttributesClass",
        "ClusterSecretStore",
        "ClusterExternalSecret",
        "ClusterTriggerAuthentication",
        "DeviceClass",
        "VolumeSnapshotContent",
    ]
)
"""Kinds whose objects are in no namespace, including those of known controllers."""


def minor_of(version: str) -> int:
    """Return the minor version: 36 of `1.36`."""
    found = re.match(r"1\.(\d+)", version)
    return int(found[1]) if found else 0


def is_of_kubernetes(api_version: str) -> bool:
    """Tell whether an API version belongs to Kubernetes itself, and not to a controller."""
    return api_version.rpartition("/")[0] in _GROUPS


def api_problem(api_version: str, kind: str, version: str) -> tuple[str, str] | None:
    """Return the problem of an API version and kind in a Kubernetes version, and what is allowed instead; or None."""
    if not is_of_kubernetes(api_version):
        return None
    since = _KNOWN.get((api_version, kind))
    if since is not None:
        if minor_of(version) < since:
            return f"{kind} is in {api_version} only from Kubernetes 1.{since} on, but the cluster has {version}", (
                "a kind that the cluster's version supports"
            )
        return None
    removed, instead = REMOVED.get((api_version, kind), (0, _stable_one(kind)))
    if removed and minor_of(version) >= removed:
        said = f"Kubernetes has no {kind} in {api_version} since 1.{removed}"
        return said, instead or "a kind that the cluster's version supports"
    if removed or re.search(r"v\d+(alpha|beta)\d+$", api_version):
        return f"{api_version} is not stable, and a later Kubernetes version may remove it", instead or "a stable kind"
    return f"Kubernetes has no {kind} in {api_version}", instead or "an existing API version and kind"


def _stable_one(kind: str) -> str | None:
    found = [api_version for api_version, known in _KNOWN if known == kind]
    return max(found) if found else None
