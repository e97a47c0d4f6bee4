"""The roles of a pipeline outside AWS: a build role, and two roles for each environment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.applications import Environment
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, as_duration
from cdk_containers.core.opt_outs.wildcards import acknowledge_wildcards

from .image_build import ImageBuild
from .oidc_trust import OidcTrust

BOOTSTRAP_QUALIFIER = "hnb659fds"
"""The default qualifier in the names of the roles that `cdk bootstrap` creates."""

_BOOTSTRAP_ROLES = ("deploy", "file-publishing", "image-publishing", "lookup")
_REGISTRY = "ecr:GetAuthorizationToken takes no resource; it opens nothing by itself"
_STACKS = "The stacks of an environment get their names from the app; a template can be read, and nothing else"


@frozen
class RoleNames:
    """The names of the roles, which the pipeline file uses before the roles exist.

    Attributes:
        prefix: Prefix of the names.
    """

    prefix: str

    @property
    def build(self) -> str:
        """The role that pushes images."""
        return f"{self.prefix}-build"

    def diff(self, environment: str) -> str:
        """Return the role that reads the templates of an environment."""
        return f"{self.prefix}-{environment}-diff"

    def deploy(self, environment: str) -> str:
        """Return the role that deploys to an environment."""
        return f"{self.prefix}-{environment}-deploy"


@frozen
class OidcRoles:
    """Creates the roles.

    Attributes:
        scope: The construct that they belong to.
        names: Their names.
        provider_arn: The provider whose tokens they accept.
        max_session: How long a session lasts.
        permissions_boundary: Their permissions boundary, if any.
    """

    scope: Construct
    names: RoleNames
    provider_arn: str
    max_session: DurationLike
    permissions_boundary: iam.IManagedPolicy | None

    def build(self, trust: OidcTrust, images: Iterable[ImageBuild]) -> iam.Role:
        """Create the role that only pushes images."""
        role = self._role("BuildRole", self.names.build, trust, "Push the images of a build")
        for image in images:
            image.repository.grant_push(role)
        policy = role.node.find_child("DefaultPolicy")
        if isinstance(policy, iam.Policy):
            acknowledge_wildcards(policy, _REGISTRY)
        return role

    def diff(self, environment: Environment, trust: OidcTrust) -> iam.Role:
        """Create the role that reads the templates of an environment."""
        account, region = _place(environment)
        stacks = f"arn:{cdk.Aws.PARTITION}:cloudformation:{region}:{account}:stack/*"
        name = environment.name
        role = self._role(
            f"{name}DiffRole",
            self.names.diff(name),
            trust,
            f"Read the templates that are deployed to {name}",
            iam.PolicyStatement(actions=["cloudformation:GetTemplate"], resources=[stacks]),
        )
        acknowledge_wildcards(role, _STACKS)
        return role

    def deploy(self, environment: Environment, trust: OidcTrust, qualifier: str) -> iam.Role:
        """Create the role that deploys to an environment, through the roles that `cdk bootstrap` created there."""
        account, region = _place(environment)
        name = environment.name
        roles = [
            f"arn:{cdk.Aws.PARTITION}:iam::{account}:role/cdk-{qualifier}-{kind}-role-{account}-{region}"
            for kind in _BOOTSTRAP_ROLES
        ]
        return self._role(
            f"{name}DeployRole",
            self.names.deploy(name),
            trust,
            f"Deploy to {name}",
            iam.PolicyStatement(actions=["sts:AssumeRole"], resources=roles),
        )

    def _role(
        self,
        id: str,  # noqa: A002
        name: str,
        trust: OidcTrust,
        description: str,
        *statements: iam.PolicyStatement,
    ) -> iam.Role:
        policies: Mapping[str, iam.PolicyDocument] | None = None
        if statements:
            policies = {"Own": iam.PolicyDocument(statements=list(statements))}
        return iam.Role(
            self.scope,
            id,
            role_name=name,
            description=description,
            assumed_by=iam.WebIdentityPrincipal(self.provider_arn, trust.conditions),
            inline_policies=policies,
            max_session_duration=as_duration(self.max_session),
            permissions_boundary=self.permissions_boundary,
        )


def provider_of(stack: cdk.Stack, url: str, audience: str) -> iam.OidcProviderNative:
    """Return the provider of a stack for an issuer; an account can have only one, so all roles of a stack share it."""
    id_ = f"TokensOf{''.join(part.capitalize() for part in url.removeprefix('https://').replace('/', '.').split('.'))}"
    made = stack.node.try_find_child(id_)
    if isinstance(made, iam.OidcProviderNative):
        return made
    return iam.OidcProviderNative(stack, id_, url=url, client_ids=[audience])


def _place(environment: Environment) -> tuple[str, str]:
    return environment.account or cdk.Aws.ACCOUNT_ID, environment.region or cdk.Aws.REGION
