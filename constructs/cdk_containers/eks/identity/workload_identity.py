"""IAM identity of the pods of one service account."""

from __future__ import annotations

from typing import Any, Literal
from weakref import WeakKeyDictionary

import jsii
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import argument_problems
from cdk_containers.core.unchecked import unchecked
from cdk_containers.core.whereabouts import path_of

from ..clusters import EksCluster, name_reference
from ..clusters.pod_identity import SERVICE, pod_identity_conditions, pod_identity_principal
from ..manifests import Manifest, file_name, kubernetes_name_problems
from .irsa import irsa_role

Mode = Literal["POD_IDENTITY", "IRSA"]
Platform = Literal["LINUX", "WINDOWS", "FARGATE"]

_identities: WeakKeyDictionary[EksCluster, dict[tuple[str, str], str]] = WeakKeyDictionary()


@jsii.implements(iam.IGrantable)
class WorkloadIdentity(CheckedConstruct):
    """An IAM role for the pods of one service account: `table.grant_read_data(identity)`.

    EKS Pod Identity gives the role to the pods. On Fargate and Windows, which Pod Identity does not support, pods get
    the role with the token of their service account (IRSA). Neither needs a Lambda function.

    Attributes:
        cluster: The cluster.
        namespace: Namespace of the pods.
        service_account: The service account of the pods.
        mode: How pods get the role.
        role: The role.
        association: The Pod Identity association; None with IRSA.
        manifest: The service account.

    See https://docs.aws.amazon.com/eks/latest/userguide/service-accounts.html
    """

    cluster: EksCluster
    namespace: str
    service_account: str
    mode: Mode
    role: iam.IRole
    association: eks.CfnPodIdentityAssociation | None = None
    manifest: Manifest

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        namespace: str,
        service_account: str,
        role: iam.IRole | None = None,
        platform: Literal["LINUX", "WINDOWS", "FARGATE"] | None = None,
        mode: Literal["POD_IDENTITY", "IRSA"] | None = None,
        create_service_account: bool = True,
        automount_service_account_token: bool = False,
    ) -> None:
        """Create an identity.

        Args:
            scope: The parent, usually a stack; it may be a different stack than the cluster's.
            id: Name among the parent's children.
            cluster: The cluster in which the pods run.
            namespace: Namespace of the pods. It must exist before you apply the manifests.
            service_account: The service account of the pods. A service account has only one identity in a cluster.
            role: An existing role. The construct extends the trust policy of a role of this app; an imported role must
                already trust Pod Identity or the cluster's OIDC provider. Default: a new role without permissions.
            platform: Platform of the pods. Set `FARGATE` for pods of a Fargate profile in a cluster that also has
                nodes. Default: Fargate in a cluster with only Fargate, otherwise Linux nodes.
            mode: How pods get the role. Default: Pod Identity, and IRSA on Fargate and Windows.
            create_service_account: Whether to add the service account to the cluster's manifests. Set it to False if a
                Helm chart or an add-on creates it. Default: True.
            automount_service_account_token: Whether pods get a token for the Kubernetes API by default. The role does
                not need it. Default: False, because most applications do not call the API.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(WorkloadIdentity.__init__, locals())
        if not found.has("namespace"):
            found.extend(kubernetes_name_problems("namespace", namespace, form="label"))
        if not found.has("service_account"):
            found.extend(kubernetes_name_problems("service_account", service_account))
        if not any(found.has(option) for option in ("cluster", "platform", "mode", "role")):
            found.extend(identity_problems(cluster, role, platform=platform, mode=mode))
        if not found:
            found.extend(account_problems(cluster, namespace, service_account))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.cluster, self.namespace, self.service_account = cluster, namespace, service_account
        self.mode = _mode(cluster, platform, mode)
        _identities.setdefault(cluster, {})[namespace, service_account] = path_of(self)
        self.role = self._make_role() if role is None else role
        if self.mode == "POD_IDENTITY":
            if isinstance(role, iam.Role) and role.assume_role_policy is not None:
                role.assume_role_policy.add_statements(self._trust())
            self.association = unchecked(
                eks.CfnPodIdentityAssociation,
                self,
                "Association",
                cluster_name=name_reference(cluster),
                namespace=namespace,
                service_account=service_account,
                role_arn=self.role.role_arn,
            )
        self.manifest = self._make_manifest(automount=automount_service_account_token)
        if create_service_account:
            cluster.add_manifests(file_name("service-account", namespace, service_account), [self.manifest])

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The principal that receives grants: the role."""
        return self.role.grant_principal

    def _make_role(self) -> iam.Role:
        cluster, namespace, service_account = self.cluster, self.namespace, self.service_account
        if self.mode == "POD_IDENTITY":
            return unchecked(
                iam.Role, self, "Role", assumed_by=pod_identity_principal(cluster, namespace, service_account)
            )
        provider_arn = cluster.oidc_provider_arn
        assert provider_arn is not None  # noqa: S101  (checked before)
        return irsa_role(self, "Role", provider_arn=provider_arn, namespace=namespace, service_account=service_account)

    def _trust(self) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            principals=[iam.ServicePrincipal(SERVICE)],
            actions=["sts:AssumeRole", "sts:TagSession"],
            conditions=pod_identity_conditions(self.cluster, self.namespace, self.service_account),
        )

    def _make_manifest(self, *, automount: bool) -> Manifest:
        metadata: dict[str, Any] = {"name": self.service_account, "namespace": self.namespace}
        if self.mode == "IRSA":
            metadata["annotations"] = {"eks.amazonaws.com/role-arn": self.role.role_arn}
        return {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": metadata,
            "automountServiceAccountToken": automount,
        }


def identity_problems(
    cluster: EksCluster, role: iam.IRole | None, *, platform: Platform | None = None, mode: Mode | None = None
) -> list[Problem]:
    """Find an identity that pods of a cluster could not use."""
    found = Problems()
    found.extend(_mode_problems(cluster, platform, mode))
    if not found and _mode(cluster, platform, mode) == "IRSA":
        found.extend(_irsa_problems(cluster, role))
    return list(found)


def _platform(cluster: EksCluster, platform: Platform | None) -> Platform:
    return platform or ("FARGATE" if cluster.compute == "FARGATE" else "LINUX")


def _mode(cluster: EksCluster, platform: Platform | None, mode: Mode | None) -> Mode:
    return mode or ("POD_IDENTITY" if _platform(cluster, platform) == "LINUX" else "IRSA")


def _mode_problems(cluster: EksCluster, platform: Platform | None, mode: Mode | None) -> list[Problem]:
    found = Problems()
    runs_on = _platform(cluster, platform)
    if cluster.compute == "FARGATE" and runs_on != "FARGATE":
        found.add(
            "platform",
            "the cluster runs its pods only on Fargate",
            given=platform,
            allowed="FARGATE, or None",
            practice="eks-workload-identity",
        )
    if mode == "POD_IDENTITY" and runs_on != "LINUX":
        found.add(
            "mode",
            "EKS Pod Identity does not work on " + ("Fargate" if runs_on == "FARGATE" else "Windows"),
            given=mode,
            allowed="IRSA, or None",
            practice="eks-workload-identity",
        )
    elif not found and _mode(cluster, platform, mode) == "POD_IDENTITY" and not cluster.has_pod_identity:
        found.add(
            "cluster",
            "the cluster has no EKS Pod Identity Agent, so pods would get no role",
            given=cluster.node.path,
            allowed=(
                "EksCluster.from_attributes(…, installed=['POD_IDENTITY_AGENT'])"
                if cluster.is_imported
                else "a cluster with the add-on eks-pod-identity-agent, or mode='IRSA'"
            ),
            practice="eks-workload-identity",
        )
    return list(found)


def _irsa_problems(cluster: EksCluster, role: iam.IRole | None) -> list[Problem]:
    found = Problems()
    if role is None and cluster.is_imported and cluster.oidc_provider_arn is None:
        found.add(
            "cluster",
            "the OIDC provider of the cluster is unknown, but the role must trust it",
            given=cluster.node.path,
            allowed="EksCluster.from_attributes(…, oidc_provider_arn=…), or a role that trusts it",
            practice="eks-workload-identity",
        )
    if isinstance(role, iam.Role):
        found.add(
            "role",
            "the construct cannot add the OIDC provider to the trust policy of a role of this app, because "
            "CloudFormation does not support references in names of conditions",
            given=role.node.path,
            allowed="None for a new role, or iam.Role.from_role_arn(…) for a role that already trusts it",
            practice="eks-workload-identity",
        )
    return list(found)


def account_problems(cluster: EksCluster, namespace: str, service_account: str) -> list[Problem]:
    """Find a service account that already has an identity."""
    found = Problems()
    other = _identities.get(cluster, {}).get((namespace, service_account))
    if other is not None:
        found.add(
            "service_account",
            f"the service account already has an identity, and EKS accepts only one: {other}",
            given=f"{namespace}/{service_account}",
            allowed="another service account, or the existing identity",
        )
    return list(found)
