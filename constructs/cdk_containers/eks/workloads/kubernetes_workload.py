"""Base of all workloads on EKS: identity, objects, losses and connections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Literal
from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import ConstructError, Problem, Problems, Shown
from cdk_containers.core.hashes import short_hash
from cdk_containers.core.inputs import argument_problems
from cdk_containers.core.inputs.calls import Elsewhere
from cdk_containers.core.opt_outs import record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.core.whereabouts import path_of, region_of, stack_of
from cdk_containers.model.workload import EfsVolume, Port
from cdk_containers.model.workload.schemes import (
    as_variable,
    empty_url_problems,
    scheme_of,
    scheme_problems,
    variable_problems,
    with_scheme,
)
from cdk_containers.network import access_point_of, open_file_system

from ..clusters import EksCluster
from ..identity import WorkloadIdentity, account_problems, identity_problems
from ..manifests import Manifest
from ..rendering import Loss, Peer, Rendered
from .images import image_addresses
from .namespaces import enter_namespace, namespace_problems
from .pod_input import PodInput
from .secret_rights import let_read_secrets

_LONGEST_FILE = 63
_ID = re.compile(r"[^a-z0-9]+")
_names: WeakKeyDictionary[EksCluster, dict[tuple[str, str], str]] = WeakKeyDictionary()
"""The paths of the workloads of each cluster, by namespace and name."""


@jsii.implements(iam.IGrantable, ec2.IConnectable)
class KubernetesWorkload(CheckedConstruct):
    """Pods on EKS. Use `KubernetesService`, `KubernetesWorker`, `KubernetesDaemon` or `KubernetesJob`.

    Attributes:
        cluster: The cluster it runs in.
        namespace: Its namespace.
        workload_name: Name of its objects, and its label `app.kubernetes.io/name`.
        identity: The IAM identity of its pods.
        manifests: Its objects in the cluster's folder.
        losses: Differences from ECS. Approximated options are also warnings.
    """

    _elsewhere: ClassVar[Elsewhere] = {}

    cluster: EksCluster
    namespace: str
    workload_name: str
    identity: WorkloadIdentity
    manifests: Sequence[Manifest]
    losses: Sequence[Loss]

    # ---- what kinds of workloads are built with

    @staticmethod
    def _pod_problems(given: PodInput) -> list[Problem]:
        """Find problems with the pods and their placement."""
        found = Problems()
        found.extend(given.problems())
        taken = _names.get(given.cluster, {}).get((given.namespace, given.name))
        if taken is not None and not found.has(given.name_option):
            found.add(
                given.name_option,
                f"{taken} already has this name in the namespace",
                given=given.name,
                allowed="another name, or another namespace",
            )
        if not found.has("namespace"):
            found.extend(namespace_problems(given.cluster, given.namespace, given.pod.pod_security))
        if not found:
            wrong = identity_problems(given.cluster, given.pod.role, platform=_platform(given))
            found.extend(entry if entry.option == "cluster" else entry.under("pod") for entry in wrong)
        if not found:
            wrong = account_problems(given.cluster, given.namespace, given.name)
            found.extend(replace(entry, option=given.name_option) for entry in wrong)
        return list(found)

    def _make_pods(self, given: PodInput) -> None:
        """Create the AWS resources of the pods; `_write` writes their objects later."""
        self.cluster, self.namespace, self.workload_name = given.cluster, given.namespace, given.name
        self._given = given
        _names.setdefault(given.cluster, {})[given.namespace, given.name] = path_of(self)
        self._callers: list[Peer] = []
        self.identity = WorkloadIdentity(
            self,
            "Identity",
            cluster=given.cluster,
            namespace=given.namespace,
            service_account=given.name,
            role=given.pod.role,
            platform=_platform(given),
            create_service_account=False,
        )
        containers = given.workload.containers
        self._known = {
            "images": image_addresses(self, containers, given.pod.architecture),
            "volume_handles": self._open_volumes(given),
            "region": region_of(stack_of(given.cluster)),
            "role_arn": self.identity.role.role_arn if self.identity.mode == "IRSA" else None,
        }
        if given.cluster.facts.secrets == "SECRETS_STORE":
            let_read_secrets(containers, self.identity)

    def _write(self, before_pods: Sequence[Manifest] = (), losses: Sequence[Loss] = ()) -> None:
        """Add the objects to the cluster's folder, those that pods need first."""
        given = self._given
        enter_namespace(given.cluster, given.namespace, given.pod.pod_security)
        self._before_pods = before_pods
        rendered = self._rendered()
        self.manifests = self._in_order(rendered)
        self.losses = [*given.losses(rendered), *losses]
        given.cluster.add_manifests(self._file, self.manifests)
        for practice, value in rendered.opt_outs:
            self._record_opt_outs({practice: value})
        if approximated := [loss for loss in self.losses if loss.kind == "approximated"]:
            annotations = cdk.Annotations.of(self)
            for loss in approximated:
                annotations.add_warning_v2(
                    warning_id(loss.option), f"{loss.option}: {loss.what}. Instead: {loss.instead}."
                )

    def _record_opt_outs(self, opt_outs: dict[str, object]) -> None:
        role = self.identity.role
        # If the role belongs to another stack, this stack has no resource for metadata.
        place = role if isinstance(role, iam.Role) else self.identity.association or self._given.cluster.resource
        for practice, value in opt_outs.items():
            if isinstance(value, Disabled) and place is not None:
                record_opt_out(place, practice, value)

    def _open_volumes(self, given: PodInput) -> dict[str, str]:
        """Let the pods reach the file systems, and return the driver's handles of their volumes."""
        handles: dict[str, str] = {}
        for volume in given.volumes:
            if isinstance(volume, EfsVolume):
                point = access_point_of(self, volume)
                handles[volume.name] = f"{volume.file_system.file_system_id}::{point.access_point_id}"
                open_file_system(self, volume, [given.cluster.security_group])
        return handles

    def _rendered(self) -> Rendered:
        return self._given.rendered(**self._known, callers=tuple(self._callers))

    def _write_again(self) -> None:
        """Update the objects in the cluster's folder."""
        self.manifests = self._in_order(self._rendered())
        self.cluster.replace_manifests(self._file, self.manifests)

    def _in_order(self, rendered: Rendered) -> list[Manifest]:
        *first, pods = rendered.manifests
        return [*first, *self._before_pods, pods]

    @property
    def _file(self) -> str:
        name = f"{self.namespace}-{self.workload_name}"
        return name if len(name) <= _LONGEST_FILE else f"{name[: _LONGEST_FILE - 9]}-{short_hash(name)}"

    # ---- what others need from a workload

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The principal that receives grants: the role of its pods."""
        return self.identity.grant_principal

    @property
    def connections(self) -> ec2.Connections:
        """Controls connections of its pods through the security group that all pods of the cluster share."""
        return ec2.Connections(security_groups=[self.cluster.security_group])

    @property
    def role(self) -> iam.IRole:
        """The role of the application."""
        return self.identity.role

    @property
    def endpoint(self) -> str:
        """Its address for pods of the cluster: the name of its Service, and its first port.

        Raises:
            ConstructError: It listens on no port.
        """
        if (url := self._url(None)) is None:
            problem = Problem(
                option="container",
                what="it listens on no port, so no one can call it",
                allowed="Container(ports=[…]), or an exposure",
                practice="connect-services",
            )
            raise ConstructError(f"{self.node.path}.endpoint", [problem])
        return url

    def connect_to(
        self,
        other: KubernetesWorkload,
        *,
        port: str | None = None,
        variable: str | None = None,
        url: str | None = None,
        scheme: str | None = None,
    ) -> None:
        """Let this workload call another in the cluster, and pass it the address.

        The network policy of the other workload allows the pods of this one, and an environment variable of this
        workload's own container contains the address. Pods start in any order: a call that comes too early fails, and
        can be retried.

        Args:
            other: The workload to call.
            port: Name of the port, if it has several. Default: the first.
            variable: Name of the environment variable. Default: derived from the name of the other workload, such as
                `ORDERS_URL`.
            url: Value of the variable. Default: the address of the other workload, such as
                `http://orders.apps.svc.cluster.local:8080`.
            scheme: Scheme of the address, such as `tcp` or `rediss`. Default: `http`, or for well-known ports of
                databases, caches and brokers the scheme of their clients.

        Raises:
            ConstructError: The other workload is not reachable.

        See https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
        """
        found = argument_problems(KubernetesWorkload.connect_to, locals())
        place = f"{self.node.path}.connect_to"
        if not isinstance(other, KubernetesWorkload):
            found.add(
                "other",
                "not a workload on EKS",
                given=Shown(f"a value of type {type(other).__name__}"),
                allowed="a KubernetesService or a KubernetesDaemon; otherwise use `connections` and `environment`",
                practice="connect-services",
            )
            raise ConstructError(place, found)
        if other.cluster is not self.cluster:
            found.add(
                "other",
                "it is in another cluster, so this cluster does not resolve its name",
                given=Shown(other.cluster.node.path),
                allowed="an exposure with an internal load balancer on it, and the address in environment",
                practice="connect-services",
            )
        known = None if found.has("port") else other._url(port)
        if known is None and not found.has("port"):
            names = [found.name for found in other._ports if found.name]
            found.add(
                "other" if port is None else "port",
                f"{other.node.path} listens on no port" + ("" if port is None else " with this name"),
                given=port,
                allowed=", ".join(names) or "a container with ports=[Port(number=…)]",
                practice="connect-services",
            )
        name = f"{as_variable(other.node.id)}_URL" if variable is None else variable
        own = self._given.workload.containers[0]
        if not found.has("variable"):
            found.extend(variable_problems(name, {*own.environment, *own.secrets}))
        if not found.has("scheme"):
            found.extend(scheme_problems(scheme, url=url, known=known))
        if not found.has("url"):
            found.extend(empty_url_problems(url))
        if found or known is None:
            raise ConstructError(place, found)
        self._given = replace(
            self._given, environment={**self._given.environment, name: url or with_scheme(known, scheme)}
        )
        self._write_again()
        called = [found.number for found in other._ports if port in (None, found.name)]
        other._callers.append(Peer(name=self.workload_name, namespace=self.namespace, ports=called))
        other._write_again()

    @property
    def _ports(self) -> list[Port]:
        return [port for container in self._given.workload.containers for port in container.all_ports]

    def _url(self, port_name: str | None) -> str | None:
        port = next((port for port in self._ports if port_name in (None, port.name)), None)
        if port is None:
            return None
        host = f"{self.workload_name}.{self.namespace}.svc.cluster.local"
        return f"{scheme_of(port)}://{host}:{port.number}"


def _platform(given: PodInput) -> Literal["WINDOWS", "FARGATE"] | None:
    """Return the platform of the pods, if the cluster does not determine it."""
    if given.pod.operating_system != "LINUX":
        return "WINDOWS"
    return "FARGATE" if given.on_fargate else None


def warning_id(option: str) -> str:
    """Return the id of the warning about an option, for acknowledging it."""
    words = _ID.sub("-", re.sub(r"\[[^\]]*\]", "", option.lower()).replace("_", "-")).strip("-")
    return f"cdk-containers:eks-{words}"
