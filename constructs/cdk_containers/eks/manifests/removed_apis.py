"""APIs that Kubernetes versions no longer serve.

Alpha versions are omitted, because EKS never serves them.

See https://kubernetes.io/docs/reference/using-api/deprecation-guide/
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_RBAC = ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding")
_FLOW = ("FlowSchema", "PriorityLevelConfiguration")
_ADMISSION = ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
_WEBHOOKS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")

_TABLE: tuple[tuple[int, str, tuple[str, ...], str], ...] = (
    (16, "extensions/v1beta1", ("NetworkPolicy", "PodSecurityPolicy"), "networking.k8s.io/v1"),
    (16, "extensions/v1beta1", ("DaemonSet", "Deployment", "ReplicaSet"), "apps/v1"),
    (16, "apps/v1beta1", ("Deployment", "ReplicaSet", "StatefulSet"), "apps/v1"),
    (16, "apps/v1beta2", ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"), "apps/v1"),
    (22, "admissionregistration.k8s.io/v1beta1", _WEBHOOKS, "admissionregistration.k8s.io/v1"),
    (22, "apiextensions.k8s.io/v1beta1", ("CustomResourceDefinition",), "apiextensions.k8s.io/v1"),
    (22, "apiregistration.k8s.io/v1beta1", ("APIService",), "apiregistration.k8s.io/v1"),
    (22, "certificates.k8s.io/v1beta1", ("CertificateSigningRequest",), "certificates.k8s.io/v1"),
    (22, "coordination.k8s.io/v1beta1", ("Lease",), "coordination.k8s.io/v1"),
    (22, "extensions/v1beta1", ("Ingress",), "networking.k8s.io/v1"),
    (22, "networking.k8s.io/v1beta1", ("Ingress", "IngressClass"), "networking.k8s.io/v1"),
    (22, "rbac.authorization.k8s.io/v1beta1", _RBAC, "rbac.authorization.k8s.io/v1"),
    (22, "scheduling.k8s.io/v1beta1", ("PriorityClass",), "scheduling.k8s.io/v1"),
    (22, "storage.k8s.io/v1beta1", ("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"), "storage.k8s.io/v1"),
    (25, "autoscaling/v2beta1", ("HorizontalPodAutoscaler",), "autoscaling/v2"),
    (25, "batch/v1beta1", ("CronJob",), "batch/v1"),
    (25, "discovery.k8s.io/v1beta1", ("EndpointSlice",), "discovery.k8s.io/v1"),
    (25, "events.k8s.io/v1beta1", ("Event",), "events.k8s.io/v1"),
    (25, "node.k8s.io/v1beta1", ("RuntimeClass",), "node.k8s.io/v1"),
    (25, "policy/v1beta1", ("PodDisruptionBudget",), "policy/v1"),
    (25, "policy/v1beta1", ("PodSecurityPolicy",), "labels of Pod Security Admission on namespaces"),
    (26, "autoscaling/v2beta2", ("HorizontalPodAutoscaler",), "autoscaling/v2"),
    (26, "flowcontrol.apiserver.k8s.io/v1beta1", _FLOW, "flowcontrol.apiserver.k8s.io/v1"),
    (27, "storage.k8s.io/v1beta1", ("CSIStorageCapacity",), "storage.k8s.io/v1"),
    (29, "flowcontrol.apiserver.k8s.io/v1beta2", _FLOW, "flowcontrol.apiserver.k8s.io/v1"),
    (32, "flowcontrol.apiserver.k8s.io/v1beta3", _FLOW, "flowcontrol.apiserver.k8s.io/v1"),
    (33, "authentication.k8s.io/v1beta1", ("SelfSubjectReview",), "authentication.k8s.io/v1"),
    (34, "admissionregistration.k8s.io/v1beta1", _ADMISSION, "admissionregistration.k8s.io/v1"),
    (37, "networking.k8s.io/v1beta1", ("IPAddress", "ServiceCIDR"), "networking.k8s.io/v1"),
    (37, "storage.k8s.io/v1beta1", ("VolumeAttributesClass",), "storage.k8s.io/v1"),
)

KNOWN_UP_TO = 37
"""The last minor version in the table."""

REMOVED: Mapping[tuple[str, str], tuple[int, str]] = MappingProxyType(
    {(api, kind): (minor, instead) for minor, api, kinds, instead in _TABLE for kind in kinds}
)
"""By apiVersion and kind: the minor version that removed it, and its replacement."""
