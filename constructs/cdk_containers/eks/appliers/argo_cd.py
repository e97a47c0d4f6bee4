"""Argo CD as an EKS capability."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import argument_problems, arn_problems, field_problems, is_token, usable_arguments

from ..clusters import EksCluster, claim_principal, name_reference
from ..manifests import Manifest, is_label

_PERSON = re.compile(r"([0-9a-f]{10}-)?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_ENDPOINT = re.compile(r"vpce-[0-9a-f]{8,17}")
_PERSON_EXAMPLE = "an id such as 906713b0-5011-70d5-d5b4-4a1f8a4b5c6d, not a name"


@frozen
class ArgoCdUsers:
    """IAM Identity Center groups and users with a role in Argo CD.

    Attributes:
        groups: Ids of groups, as `aws identitystore list-groups` prints them. Default: none.
        users: Ids of users. Default: none.

    See https://docs.aws.amazon.com/eks/latest/userguide/argocd-permissions.html
    """

    groups: Sequence[str] = ()
    users: Sequence[str] = ()

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        for option, ids in (("groups", self.groups), ("users", self.users)):
            for index, id_ in enumerate(() if found.has(option) else ids):
                if not is_token(id_) and not _PERSON.fullmatch(id_):
                    found.add(f"{option}[{index}]", "not an Identity Center id", given=id_, allowed=_PERSON_EXAMPLE)
        if not found and not self.groups and not self.users:
            found.add("groups", "nobody", allowed="one or more groups or users")
        return list(found)


class ArgoCd(CheckedConstruct):
    """Argo CD as an EKS capability: it runs outside the cluster and applies manifests from a Git repository.

    Attributes:
        cluster: The cluster.
        role: The role with which it reads repositories; grant it a secret with credentials, or a connection.
        capability: The capability.
        server_url: Address of its web interface.

    See https://docs.aws.amazon.com/eks/latest/userguide/argocd.html
    """

    cluster: EksCluster
    role: iam.Role
    capability: eks.CfnCapability
    server_url: str

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        identity_center_instance_arn: str,
        admins: ArgoCdUsers,
        editors: ArgoCdUsers | None = None,
        viewers: ArgoCdUsers | None = None,
        identity_center_region: str | None = None,
        namespaces: Sequence[str] = (),
        vpc_endpoint_ids: Sequence[str] = (),
    ) -> None:
        """Let EKS run Argo CD.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            cluster: The cluster with its objects, to which it may deploy.
            identity_center_instance_arn: ARN of the IAM Identity Center instance with which people sign in. A new ARN
                replaces the capability.
            admins: Administrators of Argo CD.
            editors: Editors of applications in projects that allow it. Default: none.
            viewers: Viewers of applications in projects that allow it. Default: none.
            identity_center_region: Region of the instance. Default: the region of the cluster.
            namespaces: Namespaces of the cluster in which it may change everything. For comparison it may then read the
                whole cluster, including Kubernetes secrets. The permissions are manifests in the folder of the cluster.
                Default: none; it has no permissions in the cluster.
            vpc_endpoint_ids: VPC endpoints to which access to its web interface is limited. Default: none; people who
                sign in reach it from the internet.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        given = dict(locals())
        found = argument_problems(ArgoCd.__init__, given)
        usable = usable_arguments(ArgoCd.__init__, given, found)
        for option in ("admins", "editors", "viewers"):
            if isinstance(usable.get(option), ArgoCdUsers):
                found.extend(usable[option].problems(), under=option)
        found.extend(arn_problems(found, identity_center_instance_arn=identity_center_instance_arn))
        for index, namespace in enumerate(usable["namespaces"]):
            if is_token(namespace) or not is_label(namespace):
                found.add(f"namespaces[{index}]", "not a namespace name", given=namespace, allowed="shop, say")
        for index, endpoint in enumerate(usable["vpc_endpoint_ids"]):
            if not is_token(endpoint) and not _ENDPOINT.fullmatch(endpoint):
                found.add(f"vpc_endpoint_ids[{index}]", "not an id", given=endpoint, allowed="vpce-0123456789abcdef0")
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.cluster = cluster
        principal = iam.ServicePrincipal("capabilities.eks.amazonaws.com")
        self.role = iam.Role(self, "Role", assumed_by=iam.SessionTagsPrincipal(principal))
        claim_principal(cluster, self.role.role_arn, path=self.node.path, type="STANDARD")  # EKS creates the entry
        people = {"ADMIN": admins, "EDITOR": editors, "VIEWER": viewers}
        self.capability = eks.CfnCapability(
            self,
            "Capability",
            capability_name="argocd",
            cluster_name=name_reference(cluster),
            type="ARGOCD",
            role_arn=self.role.role_arn,
            delete_propagation_policy="RETAIN",
            configuration=eks.CfnCapability.CapabilityConfigurationProperty(
                argo_cd=eks.CfnCapability.ArgoCdProperty(
                    namespace="argocd",
                    aws_idc=eks.CfnCapability.AwsIdcProperty(
                        idc_instance_arn=identity_center_instance_arn, idc_region=identity_center_region
                    ),
                    rbac_role_mappings=[_mapping(role, users) for role, users in people.items() if users is not None],
                    network_access=eks.CfnCapability.NetworkAccessProperty(vpce_ids=list(vpc_endpoint_ids))
                    if vpc_endpoint_ids
                    else None,
                )
            ),
        )
        self.server_url = self.capability.attr_configuration_argo_cd_server_url
        if namespaces:
            cluster.add_manifests(f"argo-cd-{self.node.addr[-8:]}", _rights(self.role.role_arn, namespaces))


def _mapping(role: str, users: ArgoCdUsers) -> eks.CfnCapability.ArgoCdRoleMappingProperty:
    people = [("SSO_GROUP", id_) for id_ in users.groups] + [("SSO_USER", id_) for id_ in users.users]
    identities = [eks.CfnCapability.SsoIdentityProperty(type=type_, id=id_) for type_, id_ in people]
    return eks.CfnCapability.ArgoCdRoleMappingProperty(role=role, identities=identities)


def _rights(role_arn: str, namespaces: Sequence[str]) -> list[Manifest]:
    """Return the roles to read everything, which comparison needs, and to change its namespaces."""
    api = "rbac.authorization.k8s.io"
    # EKS adds each principal with an access entry to a group with this name.
    subjects = [{"kind": "Group", "name": f"eks-access-entry:{role_arn}", "apiGroup": api}]

    def rule(*verbs: str) -> list[dict[str, list[str]]]:
        return [{"apiGroups": ["*"], "resources": ["*"], "verbs": list(verbs)}]

    def ref(kind: str, name: str) -> dict[str, str]:
        return {"kind": kind, "name": name, "apiGroup": api}

    read, write = "argo-cd-read", "argo-cd-write"
    made: list[Manifest] = [
        {
            "apiVersion": f"{api}/v1",
            "kind": "ClusterRole",
            "metadata": {"name": read},
            "rules": rule("get", "list", "watch"),
        },
        {
            "apiVersion": f"{api}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": read},
            "subjects": subjects,
            "roleRef": ref("ClusterRole", read),
        },
    ]
    for namespace in namespaces:
        metadata = {"name": write, "namespace": namespace}
        made += [
            {"apiVersion": f"{api}/v1", "kind": "Role", "metadata": metadata, "rules": rule("*")},
            {
                "apiVersion": f"{api}/v1",
                "kind": "RoleBinding",
                "metadata": metadata,
                "subjects": subjects,
                "roleRef": ref("Role", write),
            },
        ]
    return made
