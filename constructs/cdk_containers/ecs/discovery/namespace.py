"""An AWS Cloud Map namespace."""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from aws_cdk import aws_ec2 as ec2
from constructs import Construct, IConstruct

from cdk_containers.core.cdk_modules import servicediscovery
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import argument_problems, arn_problems, is_token
from cdk_containers.network import NetworkLike, vpc_of

from .names import namespace_name_problems


class Namespace(CheckedConstruct):
    """A namespace in which services find each other, through Service Connect or DNS names.

    Services in any stack join it with `ServiceConnect(namespace=…)` and `CloudMap(namespace=…)`.

    Attributes:
        name: Its name, which is the suffix of the DNS names of its services.
        namespace: The CDK namespace.
        vpc: The VPC in which its names resolve; None if it has no DNS names.

    See https://docs.aws.amazon.com/cloud-map/latest/dg/working-with-namespaces.html
    """

    name: str
    namespace: servicediscovery.INamespace
    vpc: ec2.IVpc | None

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        name: str,
        network: NetworkLike | None = None,
    ) -> None:
        """Create a namespace.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            name: A DNS name that is not used elsewhere, such as `shop.internal`. It must be unique in the account,
                region and network.
            network: Network in which its names resolve, as a `Network` or a CDK VPC. Default: none; only for Service
                Connect, whose proxies need no DNS.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(Namespace.__init__, locals())
        if not found.has("name"):
            found.extend(namespace_name_problems(name))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self._claims: dict[str, Construct] = {}
        self.name = name
        self.vpc = None if network is None else vpc_of(network)
        self.namespace = (
            servicediscovery.HttpNamespace(self, "Namespace", name=name)
            if self.vpc is None
            else servicediscovery.PrivateDnsNamespace(self, "Namespace", name=name, vpc=self.vpc)
        )

    @classmethod
    def from_attributes(
        cls,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        name: str,
        namespace_id: str,
        namespace_arn: str,
        network: NetworkLike | None = None,
    ) -> Namespace:
        """Use an existing namespace. Names of other apps in it are not known here.

        Args:
            scope: The parent.
            id: Name among the parent's children.
            name: Its name.
            namespace_id: Its id, such as `ns-0123456789abcdef`.
            namespace_arn: Its ARN.
            network: Network in which its names resolve. Default: none; it is an HTTP namespace.
        """
        found = argument_problems(cls.from_attributes, locals())
        found.extend(arn_problems(found, namespace_arn=namespace_arn))
        if not found.has("name"):
            found.extend(namespace_name_problems(name))
        found.raise_for(scope, id)
        return _ImportedNamespace(
            scope,
            id,
            name=name,
            namespace_id=namespace_id,
            namespace_arn=namespace_arn,
            vpc=None if network is None else vpc_of(network),
        )

    def claim_problems(self, names: Iterable[str]) -> list[Problem]:
        """Find names that another service already has in this namespace, or that one service uses twice."""
        found = Problems()
        wanted: set[str] = set()
        for name in (name for name in names if not is_token(name)):
            owner = self._claims.get(name.lower())
            follows = any(problem.given == repr(name.partition(":")[0]) for problem in found)
            if (owner is not None or name.lower() in wanted) and not follows:
                found.add(
                    "",
                    f"{'this service' if owner is None else owner.node.path} already has this name in {self.node.path}",
                    given=name,
                    allowed="another name",
                    practice="unique-discovery-names",
                )
            wanted.add(name.lower())
        return list(found)

    def claim(self, owner: Construct, names: Iterable[str]) -> None:
        """Reserve names for a service."""
        self._claims.update({name.lower(): owner for name in names})


_imported: WeakKeyDictionary[IConstruct, dict[str, dict[str, Construct]]] = WeakKeyDictionary()
"""The names in imported namespaces, by app and ARN."""


class _ImportedNamespace(Namespace):
    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        name: str,
        namespace_id: str,
        namespace_arn: str,
        vpc: ec2.IVpc | None,
    ) -> None:
        CheckedConstruct.__init__(self, scope, id)
        # Several stacks of an app may import the same namespace.
        self._claims = _imported.setdefault(self.node.root, {}).setdefault(namespace_arn, {})
        self.name = name
        self.vpc = vpc
        attributes = {"namespace_arn": namespace_arn, "namespace_id": namespace_id, "namespace_name": name}
        self.namespace = (
            servicediscovery.HttpNamespace.from_http_namespace_attributes(self, "Namespace", **attributes)
            if vpc is None
            else servicediscovery.PrivateDnsNamespace.from_private_dns_namespace_attributes(
                self, "Namespace", **attributes
            )
        )
