"""Kubernetes objects as data: their checks, and how they are written to files."""

from .api_versions import CLUSTER_SCOPED
from .facts import Facts
from .kubernetes_names import NameForm, file_name, kubernetes_name_problems
from .manifest import Manifest
from .names import is_label, is_port_name, is_service_name, is_subdomain, kubernetes_name, port_name
from .pod_security import PodSecurityLevel, pod_security_problems
from .quantities import mebibytes, millicores, quantity
from .references import dangling_references
from .rules import identity, problems, problems_together
from .yaml_text import yaml_text

__all__ = [
    "CLUSTER_SCOPED",
    "Facts",
    "Manifest",
    "NameForm",
    "PodSecurityLevel",
    "dangling_references",
    "file_name",
    "identity",
    "is_label",
    "is_port_name",
    "is_service_name",
    "is_subdomain",
    "kubernetes_name",
    "kubernetes_name_problems",
    "mebibytes",
    "millicores",
    "pod_security_problems",
    "port_name",
    "problems",
    "problems_together",
    "quantity",
    "yaml_text",
]
