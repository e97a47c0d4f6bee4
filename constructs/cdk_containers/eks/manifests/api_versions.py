"""Which kinds of objects a version of Kubernetes has, and under which API version.

Taken from the published API schemas of Kubernetes 1.25 to 1.37.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
"""Kinds that are there in every version from 1.25 on."""

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
"""Kinds that became stable later: the minor version from which they are there."""

_REMOVED = {
    ("admissionregistration.k8s.io/v1beta1", "ValidatingAdmissionPolicy"): 34,
    ("admissionregistration.k8s.io/v1beta1", "ValidatingAdmissionPolicyBinding"): 34,
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"): 22,
    ("apps/v1beta1", "Deployment"): 16,
    ("apps/v1beta1", "StatefulSet"): 16,
    ("apps/v1beta2", "DaemonSet"): 16,
    ("apps/v1beta2", "Deployment"): 16,
    ("apps/v1beta2", "StatefulSet"): 16,
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler"): 25,
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler"): 26,
    ("batch/v1beta1", "CronJob"): 25,
    ("batch/v2alpha1", "CronJob"): 21,
    ("discovery.k8s.io/v1beta1", "EndpointSlice"): 25,
    ("events.k8s.io/v1beta1", "Event"): 25,
    ("extensions/v1beta1", "DaemonSet"): 16,
    ("extensions/v1beta1", "Deployment"): 16,
    ("extensions/v1beta1", "Ingress"): 22,
    ("extensions/v1beta1", "NetworkPolicy"): 16,
    ("flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema"): 29,
    ("flowcontrol.apiserver.k8s.io/v1beta2", "PriorityLevelConfiguration"): 29,
    ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema"): 32,
    ("flowcontrol.apiserver.k8s.io/v1beta3", "PriorityLevelConfiguration"): 32,
    ("networking.k8s.io/v1beta1", "Ingress"): 22,
    ("networking.k8s.io/v1beta1", "IngressClass"): 22,
    ("networking.k8s.io/v1beta1", "IPAddress"): 37,
    ("networking.k8s.io/v1beta1", "ServiceCIDR"): 37,
    ("node.k8s.io/v1beta1", "RuntimeClass"): 25,
    ("policy/v1beta1", "PodDisruptionBudget"): 25,
    ("policy/v1beta1", "PodSecurityPolicy"): 25,
    ("rbac.authorization.k8s.io/v1beta1", "ClusterRole"): 22,
    ("rbac.authorization.k8s.io/v1beta1", "ClusterRoleBinding"): 22,
    ("rbac.authorization.k8s.io/v1beta1", "Role"): 22,
    ("rbac.authorization.k8s.io/v1beta1", "RoleBinding"): 22,
    ("scheduling.k8s.io/v1beta1", "PriorityClass"): 22,
    ("storage.k8s.io/v1beta1", "CSIDriver"): 22,
    ("storage.k8s.io/v1beta1", "CSINode"): 22,
    ("storage.k8s.io/v1beta1", "CSIStorageCapacity"): 27,
    ("storage.k8s.io/v1beta1", "StorageClass"): 22,
    ("storage.k8s.io/v1beta1", "VolumeAttributesClass"): 37,
}
"""Kinds that are gone: the minor version in which they first were."""

_KNOWN: Mapping[tuple[str, str], int] = {
    **{(version, kind): 0 for version, kinds in _STABLE.items() for kind in kinds.split()},
    **_SINCE,
}
_GROUPS = {version.rpartition("/")[0] for version, _ in (*_KNOWN, *_REMOVED)}

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
    ]
)
"""Kinds whose objects are in no namespace, those of the controllers that the library knows included."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RemovedApi:
    """An API version that a version of Kubernetes does not have any more.

    Attributes:
        api_version: The API version, such as `flowcontrol.apiserver.k8s.io/v1beta3`.
        kind: The kind.
        removed_in: The version of Kubernetes that came without it, such as `1.32`.
        instead: The API version that took its place; None if none did.
    """

    api_version: str
    kind: str
    removed_in: str
    instead: str | None


def minor_of(version: str) -> int:
    """Return the minor version, which is all that changes: 36 of `1.36`."""
    found = re.match(r"1\.(\d+)", version)
    return int(found[1]) if found else 0


def removed_api(manifest: Mapping[str, Any], version: str) -> RemovedApi | None:
    """Say what a version of Kubernetes does not have any more, where an object is of such a kind."""
    api_version, kind = str(manifest.get("apiVersion")), str(manifest.get("kind"))
    removed = _REMOVED.get((api_version, kind))
    if removed is None or minor_of(version) < removed:
        return None
    return RemovedApi(api_version=api_version, kind=kind, removed_in=f"1.{removed}", instead=_stable_one(kind))


def is_of_kubernetes(api_version: str) -> bool:
    """Tell whether an API version is one of Kubernetes itself, and not of a controller that brings kinds of its own."""
    return api_version.rpartition("/")[0] in _GROUPS


def api_problem(api_version: str, kind: str, version: str) -> tuple[str, str] | None:
    """Say what is wrong with API version and kind on a version of Kubernetes, and what would be right; or None."""
    if not is_of_kubernetes(api_version):
        return None
    since = _KNOWN.get((api_version, kind))
    if since is not None:
        if minor_of(version) < since:
            return f"{kind} is in {api_version} from Kubernetes 1.{since} on, and the cluster has {version}", (
                "a kind that the cluster's version has"
            )
        return None
    instead = _stable_one(kind)
    removed = _REMOVED.get((api_version, kind))
    if removed is not None and minor_of(version) >= removed:
        said = f"Kubernetes has no {kind} in {api_version} since 1.{removed}"
        return said, instead or "a kind that the cluster's version has"
    if removed is not None or re.fullmatch(r".*v\d+(alpha|beta)\d+", api_version):
        return f"{api_version} is not stable, and a later version of Kubernetes removes it", instead or "a stable kind"
    return f"Kubernetes has no {kind} in {api_version}", instead or "an API version and a kind that there are"


def _stable_one(kind: str) -> str | None:
    found = [api_version for api_version, known in _KNOWN if known == kind]
    return max(found) if found else None
