"""The AWS Load Balancer Controller: permissions, chart values and ingress classes."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import argument_problems, is_token, usable_arguments
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, acknowledge_wildcards

from ..clusters import EksCluster
from ..identity import WorkloadIdentity, identity_problems
from ..manifests import Manifest, file_name, kubernetes_name_problems
from .controller_policy import controller_statements

_NAMESPACE = "kube-system"
_SERVICE_ACCOUNT = "aws-load-balancer-controller"
_IMAGE = "public.ecr.aws/eks/aws-load-balancer-controller"
_TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
_WILDCARDS = (
    "The controller documents these permissions. They are limited to resources with the tag of the cluster, or to its "
    "VPC, except for listeners, target groups and reads, which do not support it"
)
_NO_RESOURCE = Acknowledgement(
    "elasticloadbalancing:SetWebAcl supports no resource-level permissions; all other changes are limited by ARN or "
    "condition",
    checkov=("CKV_AWS_111",),
)

_controllers: WeakKeyDictionary[EksCluster, dict[str, str]] = WeakKeyDictionary()
"""Ingress classes of each cluster, by name, with the path of their controller."""

_defaults: WeakKeyDictionary[EksCluster, str] = WeakKeyDictionary()


class LoadBalancerController(CheckedConstruct):
    """The AWS Load Balancer Controller: load balancers for ingresses, and pods in target groups.

    On nodes and Fargate, you install the controller with a Helm chart from AWS. This construct creates its role, and an
    output with the values for the chart. In Auto Mode the controller is built in, so the construct creates only ingress
    classes.

    Attributes:
        cluster: The cluster.
        identity: The identity of the controller; None in Auto Mode.
        chart_values: The values for its chart; empty in Auto Mode.

    See https://docs.aws.amazon.com/eks/latest/userguide/aws-load-balancer-controller.html
    """

    cluster: EksCluster
    identity: WorkloadIdentity | None = None
    chart_values: dict[str, Any]

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        ingress_class_name: str = "alb",
        internet_facing: bool = True,
        default_ingress_class: bool = False,
        replicas: int = 2,
        image_repository: str = _IMAGE,
        role: iam.IRole | None = None,
    ) -> None:
        """Create the role, chart values and first ingress class of a controller.

        Args:
            scope: The parent, usually a stack; it may be a different stack than the cluster's.
            id: Name among the parent's children.
            cluster: The cluster, which supports only one controller.
            ingress_class_name: Name of the class for `ingressClassName` of ingresses. Default: `alb`.
            internet_facing: Whether load balancers of this class have public addresses. Default: True.
            default_ingress_class: Whether it is the default class, of which a cluster has only one. Default: False.
            replicas: Number of controller pods, of which only one is active. Default: 2, so that a node can fail.
            image_repository: Repository of its image. Set a mirror if pods cannot reach the default. Default:
                `public.ecr.aws/eks/aws-load-balancer-controller`, which serves every region.
            role: An existing role for the controller, which gets its permissions. Default: a new role.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        given = dict(locals())
        found = argument_problems(LoadBalancerController.__init__, given)
        usable = usable_arguments(LoadBalancerController.__init__, given, found)
        if not is_token(usable["replicas"]) and usable["replicas"] < 1:
            found.add("replicas", "out of range", given=replicas, allowed="1 or more")
        if not found.has("cluster"):
            if cluster.compute != "AUTO" and cluster.facts.load_balancer_controller:
                found.add("cluster", "the cluster already has a controller", given=cluster.node.path, allowed="one")
            found.extend(_class_problems(cluster, usable["ingress_class_name"], usable["default_ingress_class"]))
            if cluster.compute == "AUTO":
                found.extend(_auto_problems(usable))
            elif not found.has("role"):
                found.extend(identity_problems(cluster, role))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.cluster, self.chart_values = cluster, {}
        if cluster.compute != "AUTO":
            self._install(replicas, image_repository, role)
            cluster.now_has(load_balancer_controller=True)
        self._add_class(ingress_class_name, internet_facing=internet_facing, default=default_ingress_class)

    def ingress_class(self, name: str, *, internet_facing: bool, default: bool = False) -> str:
        """Add another ingress class, and return its name.

        Args:
            name: Name of the class.
            internet_facing: Whether load balancers of this class have public addresses.
            default: Whether it is the default class. Default: False.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(self.ingress_class, locals())
        if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            found.add("name", "not a valid name", given=name, allowed="text")
        elif not found.has("default"):
            found.extend(_class_problems(self.cluster, name, default, "name", "default"))
        found.raise_for(self, f"ingress class {name!r}")
        self._add_class(name, internet_facing=internet_facing, default=default)
        return name

    def _install(self, replicas: int, image_repository: str, role: iam.IRole | None) -> None:
        cluster, stack = self.cluster, cdk.Stack.of(self)
        self.identity = WorkloadIdentity(
            self,
            "Identity",
            cluster=cluster,
            namespace=_NAMESPACE,
            service_account=_SERVICE_ACCOUNT,
            role=role,
            create_service_account=False,
        )
        policy = iam.Policy(
            self,
            "Policy",
            statements=controller_statements(stack, cluster.cluster_name, cluster.vpc.vpc_id),
            roles=[self.identity.role],
        )
        acknowledge_wildcards(policy, _WILDCARDS)
        acknowledge(policy, _NO_RESOURCE)
        account: dict[str, Any] = {"create": True, "name": _SERVICE_ACCOUNT}
        if self.identity.mode == "IRSA":
            account["annotations"] = {"eks.amazonaws.com/role-arn": self.identity.role.role_arn}
        self.chart_values = {
            "clusterName": cluster.cluster_name,
            # Pods cannot reach the instance metadata service, which has a hop limit of one.
            "region": stack.region,
            "vpcId": cluster.vpc.vpc_id,
            "image": {"repository": image_repository},
            "serviceAccount": account,
            "replicaCount": replicas,
            "podDisruptionBudget": {"maxUnavailable": 1},
            "defaultTargetType": "ip",
            "defaultSSLPolicy": _TLS_POLICY,
            "enableShield": False,
            "enableWaf": False,
            "enableWafv2": True,
            # Otherwise no Service could be created while the controller is unavailable.
            "enableServiceMutatorWebhook": False,
            "createIngressClassResource": False,
            "ingressClassParams": {"create": False},
        }
        cdk.CfnOutput(
            self,
            "ChartValues",
            description="Values for the chart eks/aws-load-balancer-controller",
            value=stack.to_json_string(self.chart_values),
        )

    def _add_class(self, name: str, *, internet_facing: bool, default: bool) -> None:
        _controllers.setdefault(self.cluster, {})[name] = self.node.path
        if default:
            _defaults[self.cluster] = self.node.path
        auto = self.cluster.compute == "AUTO"
        group = "eks.amazonaws.com" if auto else "elbv2.k8s.aws"
        parameters: Manifest = {
            "apiVersion": f"{group}/v1" if auto else f"{group}/v1beta1",
            "kind": "IngressClassParams",
            "metadata": {"name": name},
            "spec": {
                "scheme": "internet-facing" if internet_facing else "internal",
                "loadBalancerAttributes": [
                    {"key": "routing.http.drop_invalid_header_fields.enabled", "value": "true"},
                ],
            },
        }
        annotations = {"annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}} if default else {}
        ingress_class: Manifest = {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "IngressClass",
            "metadata": {"name": name, **annotations},
            "spec": {
                "controller": "eks.amazonaws.com/alb" if auto else "ingress.k8s.aws/alb",
                "parameters": {"apiGroup": group, "kind": "IngressClassParams", "name": name},
            },
        }
        self.cluster.add_manifests(file_name("ingress-class", name), [parameters, ingress_class])


def _class_problems(
    cluster: EksCluster,
    name: str,
    default: bool,  # noqa: FBT001  (what the caller was given)
    option: str = "ingress_class_name",
    default_option: str = "default_ingress_class",
) -> list[Problem]:
    found = Problems()
    found.extend(kubernetes_name_problems(option, name))
    known = _controllers.get(cluster, {})
    if not found and name in known:
        found.add(
            option,
            f"the cluster already has a class with this name: {known[name]}",
            given=name,
            allowed="another name",
        )
    if default and cluster in _defaults:
        found.add(
            default_option,
            f"the cluster already has a default class: {_defaults[cluster]}",
            given=True,
            allowed="only one default class in a cluster",
        )
    return list(found)


def _auto_problems(usable: dict[str, Any]) -> list[Problem]:
    found = Problems()
    for option, default in (("replicas", 2), ("image_repository", _IMAGE), ("role", None)):
        if usable[option] != default:
            found.add(
                option,
                "the controller is built into Auto Mode",
                given=usable[option],
                allowed="the default",
                practice="eks-load-balancer-controller",
            )
    return list(found)
