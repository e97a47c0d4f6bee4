"""Permissions of groups in the Kubernetes API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import argument_problems, field_problems, is_token

from ..clusters import EksCluster
from ..manifests import Manifest, file_name, kubernetes_name_problems

_API = "rbac.authorization.k8s.io"
_RESERVED = ("system:", "eks:", "aws:", "amazon:", "iam:")


@frozen
class RoleRule:
    """Allowed actions on Kubernetes objects.

    Attributes:
        resources: Kinds of objects, in lowercase plural, such as `pods` and `pods/log`.
        verbs: Allowed actions: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`.
        api_groups: API groups of the kinds. Default: the core group, whose name is empty.
        resource_names: Names of the objects. Default: all.

    See https://kubernetes.io/docs/reference/access-authn-authz/rbac/
    """

    resources: Sequence[str]
    verbs: Sequence[str]
    api_groups: Sequence[str] = ("",)
    resource_names: Sequence[str] = ()

    def problems(self) -> list[Problem]:
        """Find problems with this rule."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        for option in ("resources", "verbs", "api_groups"):
            if not getattr(self, option):
                found.add(option, "none", allowed="one or more")
        for option in ("resources", "verbs"):
            if "*" in getattr(self, option):
                found.add(
                    option,
                    "an asterisk also allows unintended objects, and those that later versions add",
                    given=list(getattr(self, option)),
                    allowed="list each name; AccessPolicy(name='AmazonEKSClusterAdminPolicy') for administrators",
                    practice="eks-rbac-by-name",
                )
        if is_token([self.resources, self.verbs, self.api_groups, self.resource_names]):
            found.add(
                "resources", "a rule in a manifest must be known at synthesis", allowed="names known at synthesis"
            )
        return list(found)

    @property
    def manifest(self) -> dict[str, Any]:
        """The rule in a manifest."""
        names = {"resourceNames": list(self.resource_names)} if self.resource_names else {}
        return {
            "apiGroups": list(self.api_groups),
            "resources": list(self.resources),
            **names,
            "verbs": list(self.verbs),
        }


class KubernetesRole(CheckedConstruct):
    """Permissions of groups of people, in one namespace or in the whole cluster.

    `AccessEntry(…, kubernetes_groups=["support"])` adds an IAM role to a group; this construct defines what the group
    may do. It creates no AWS resource, but adds role and binding to the manifests of the cluster.

    Attributes:
        manifests: The role and its binding.

    See https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
    """

    manifests: tuple[Manifest, Manifest]

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        name: str,
        groups: Sequence[str],
        rules: Sequence[RoleRule],
        namespace: str | None = None,
    ) -> None:
        """Create a role and its binding.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            cluster: The cluster.
            name: Name of the role and its binding.
            groups: Groups that get the role, as in access entries.
            rules: What the role allows.
            namespace: The namespace in which it applies. Default: the whole cluster, including objects without a
                namespace.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(KubernetesRole.__init__, locals())
        if not found.has("name"):
            found.extend(kubernetes_name_problems("name", name))
        if namespace is not None and not found.has("namespace"):
            found.extend(kubernetes_name_problems("namespace", namespace, form="label"))
        if not found.has("groups"):
            found.extend(_group_problems(groups))
        if not found.has("rules"):
            if not rules:
                found.add("rules", "none", allowed="one or more")
            for index, rule in enumerate(rules):
                found.extend(rule.problems(), under=f"rules[{index}]")
        found.raise_for(scope, id)
        super().__init__(scope, id)

        kind = "ClusterRole" if namespace is None else "Role"
        metadata = {"name": name} if namespace is None else {"name": name, "namespace": namespace}
        self.manifests = (
            {
                "apiVersion": f"{_API}/v1",
                "kind": kind,
                "metadata": metadata,
                "rules": [rule.manifest for rule in rules],
            },
            {
                "apiVersion": f"{_API}/v1",
                "kind": f"{kind}Binding",
                "metadata": dict(metadata),
                "roleRef": {"apiGroup": _API, "kind": kind, "name": name},
                "subjects": [{"apiGroup": _API, "kind": "Group", "name": group} for group in groups],
            },
        )
        where = () if namespace is None else (namespace,)
        cluster.add_manifests(file_name(kind.lower(), *where, name), self.manifests)


def _group_problems(groups: Sequence[str]) -> list[Problem]:
    found = Problems()
    if not groups:
        found.add("groups", "none", allowed="one or more")
    for index, group in enumerate(groups):
        if is_token(group) or not group.strip() or group.startswith(_RESERVED):
            found.add(
                f"groups[{index}]",
                "not a valid group for an access entry",
                given=group,
                allowed="a name that does not begin with system:, eks:, aws:, amazon: or iam:",
                practice="eks-access-entries",
            )
    return list(found)
