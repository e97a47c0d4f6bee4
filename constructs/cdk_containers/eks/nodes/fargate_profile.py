"""Pods on Fargate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from fnmatch import fnmatchcase
from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct, IValidation

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import argument_problems, field_problems, is_token
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge

from ..clusters import EksCluster, claim_principal, name_reference
from ..rendering import NodeFacts, label_problems
from .checks import node_subnet_problems, subnet_ids

_MOST_SELECTORS, _MOST_LABELS = 5, 5
_LONGEST_NAMESPACE = 63
_POLICY = "AmazonEKSFargatePodExecutionRolePolicy"
_MANAGED = Acknowledgement(
    "EKS documents this policy for the role, which pulls images from ECR",
    cdk_nag=(f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{_POLICY}]",),
)
_PRACTICE = "eks-fargate-selectors"
_NO_CORE_DNS = (
    "no Fargate profile of the cluster selects CoreDNS, so pods could not resolve names. Give one the "
    'selector FargateSelector(namespace="kube-system"). practice: eks-fargate-selectors'
)
_CORE_DNS_NAMESPACE = "kube-system"
_CORE_DNS_LABELS = {"k8s-app": "kube-dns", "eks.amazonaws.com/component": "coredns"}


@frozen
class FargateSelector:
    """Pods that run on Fargate, by namespace and labels.

    Attributes:
        namespace: Namespace; `*` matches any characters and `?` matches one.
        labels: Labels that a pod must have, up to 5. Default: none; all pods of the namespace match.

    See https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html
    """

    namespace: str
    labels: Mapping[str, str] = field(default_factory=dict[str, str])

    def problems(self) -> list[Problem]:
        """Find what EKS refuses in this selector."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        allowed = "up to 63 lowercase letters, digits and hyphens; * and ? as wildcards"
        if not is_token(self.namespace) and not _is_namespace(self.namespace):
            found.add("namespace", "not a namespace", given=self.namespace, allowed=allowed, practice=_PRACTICE)
        if len(self.labels) > _MOST_LABELS:
            given = list(self.labels)
            found.add("labels", "too many", given=given, allowed=f"up to {_MOST_LABELS}", practice=_PRACTICE)
        plain = {_without_wildcards(key): _without_wildcards(value) for key, value in self.labels.items()}
        found.extend_anew(label_problems("labels", plain))
        return list(found)


class FargateProfile(CheckedConstruct):
    """Runs pods on Fargate: each in its own isolated machine, without nodes to manage.

    Attributes:
        cluster: The cluster of the pods.
        resource: The CloudFormation resource.
        pod_execution_role: The role that pulls images. Pods get permissions from their own identity.

    See https://docs.aws.amazon.com/eks/latest/userguide/fargate.html
    """

    cluster: EksCluster
    resource: eks.CfnFargateProfile
    pod_execution_role: iam.Role

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        selectors: Sequence[FargateSelector],
        subnets: ec2.SubnetSelection | None = None,
    ) -> None:
        """Create a profile. Each change replaces it; existing pods keep running until they are replaced.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            cluster: The cluster whose pods run on Fargate.
            selectors: Selectors of pods, 1–5; a pod must match at least one.
            subnets: Private subnets of the pods. Default: the node subnets of the cluster.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(FargateProfile.__init__, locals())
        if not found.has("selectors"):
            found.extend(_selector_problems(selectors))
        if not found.has("cluster") and not found.has("subnets"):
            found.extend(node_subnet_problems(cluster, subnets))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.cluster = cluster
        self.pod_execution_role = self._make_role()
        claim_principal(cluster, self.pod_execution_role.role_arn, path=self.node.path, type="FARGATE_LINUX")
        profile = eks.CfnFargateProfile
        self.resource = profile(
            self,
            "Profile",
            cluster_name=name_reference(cluster),
            pod_execution_role_arn=self.pod_execution_role.role_arn,
            subnets=list(subnet_ids(cluster, subnets)),
            selectors=[
                profile.SelectorProperty(
                    namespace=selector.namespace,
                    labels=[profile.LabelProperty(key=key, value=value) for key, value in selector.labels.items()]
                    or None,
                )
                for selector in selectors
            ],
        )
        # EKS creates one profile of a cluster at a time, and refuses others meanwhile.
        earlier = _profiles.setdefault(cluster, {})
        stack = cdk.Stack.of(self)
        if stack in earlier:
            self.resource.add_resource_dependency(earlier[stack])
        earlier[stack] = self.resource
        _selectors.setdefault(cluster, []).extend(selectors)
        # Fargate starts a machine for each selected pod, in the size that the pod requests.
        selected = tuple((selector.namespace, selector.labels) for selector in selectors)
        cluster.add_nodes(None, NodeFacts(name=id, selects=selected))
        if cluster.compute == "FARGATE":
            cluster.add_nodes(self.resource)
            self.node.add_validation(_CoreDnsRuns(cluster))

    def _make_role(self) -> iam.Role:
        """Create the role, which EKS can assume only for profiles of this cluster.

        See https://docs.aws.amazon.com/eks/latest/userguide/pod-execution-role.html
        """
        here = f"{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
        profiles = f"arn:{cdk.Aws.PARTITION}:eks:{here}:fargateprofile/{self.cluster.cluster_name}/*"
        role = iam.Role(
            self,
            "PodExecutionRole",
            assumed_by=iam.ServicePrincipal(
                "eks-fargate-pods.amazonaws.com", conditions={"ArnLike": {"aws:SourceArn": profiles}}
            ),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(_POLICY)],
        )
        acknowledge(role, _MANAGED)
        return role


_profiles: WeakKeyDictionary[EksCluster, dict[cdk.Stack, eks.CfnFargateProfile]] = WeakKeyDictionary()

_selectors: WeakKeyDictionary[EksCluster, list[FargateSelector]] = WeakKeyDictionary()


def runs_on_fargate(cluster: EksCluster, namespace: str, labels: Mapping[str, str]) -> bool:
    """Tell whether pods run on Fargate, according to the profiles created so far."""
    return cluster.compute == "FARGATE" or any(
        fnmatchcase(namespace, selector.namespace) and selector.labels.items() <= labels.items()
        for selector in _selectors.get(cluster, ())
    )


@jsii.implements(IValidation)
class _CoreDnsRuns:
    """Finds a Fargate cluster whose profiles do not select CoreDNS, which would wait for a node forever."""

    def __init__(self, cluster: EksCluster) -> None:
        self._cluster = cluster

    def validate(self) -> list[str]:
        """Return an error if CoreDNS cannot run."""
        selectors = _selectors[self._cluster]
        if self._cluster.add_on_owner("coredns") is None or any(map(_selects_core_dns, selectors)):
            return []
        return [_NO_CORE_DNS]


def _selects_core_dns(selector: FargateSelector) -> bool:
    return fnmatchcase(_CORE_DNS_NAMESPACE, selector.namespace) and all(
        any(fnmatchcase(f"{key}={value}", f"{wanted}={having}") for key, value in _CORE_DNS_LABELS.items())
        for wanted, having in selector.labels.items()
    )


def _selector_problems(selectors: Sequence[FargateSelector]) -> list[Problem]:
    found = Problems()
    if not 1 <= len(selectors) <= _MOST_SELECTORS:
        found.add(
            "selectors",
            "a profile without selectors matches no pod" if not selectors else "too many for one profile",
            given=len(selectors),
            allowed=f"1–{_MOST_SELECTORS} selectors; create another profile for more",
            practice=_PRACTICE,
        )
    for index, selector in enumerate(selectors):
        found.extend(selector.problems(), under=f"selectors[{index}]")
    return list(found)


def _without_wildcards(text: str) -> str:
    return text if is_token(text) else text.replace("*", "a").replace("?", "a")


def _is_namespace(name: str) -> bool:
    plain = _without_wildcards(name)
    return (
        0 < len(name) <= _LONGEST_NAMESPACE
        and plain.isascii()
        and plain.replace("-", "").isalnum()
        and plain == plain.lower()
        and not plain.startswith("-")
        and not plain.endswith("-")
    )
