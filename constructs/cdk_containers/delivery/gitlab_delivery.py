"""Roles for GitLab pipelines, and the pipeline file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.applications import Environment
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems, child_path
from cdk_containers.core.inputs import DurationLike, argument_problems, usable_arguments

from .delivery_checks import (
    environment_problems,
    place_problems,
    provider_problems,
    qualifier_problems,
    role_problems,
)
from .gitlab_pipeline import pipeline_text
from .gitlab_project import GitLabProject, GitLabRef
from .image_build import ImageBuild, image_problems, let_pull
from .oidc_roles import BOOTSTRAP_QUALIFIER, OidcRoles, RoleNames, provider_of
from .release_plan import ReleasePlan
from .synthesis import Synthesis


class GitLabDelivery(CheckedConstruct):
    """Permissions of a GitLab pipeline of one project in the account of this stack, without access keys.

    One role builds images, one reads the templates of an environment, and one deploys to it. AWS sees the project and
    the branch or tag of a GitLab token, but not its environment. So each environment has its own branch or tag, which
    you protect in GitLab.

    Create one in each account of the environments, and in the account of the images. `pipeline_file` returns the file.

    Attributes:
        provider_arn: The OIDC provider of the account for tokens of this instance.
        build_role: The role that pushes images; None without images.
        diff_roles: The roles that read templates, by the environments of this account.
        deploy_roles: The roles that deploy, by the environments of this account.

    See https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
    """

    provider_arn: str
    build_role: iam.Role | None
    diff_roles: Mapping[str, iam.Role]
    deploy_roles: Mapping[str, iam.Role]

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        project: GitLabProject,
        environments: Sequence[Environment],
        refs: Mapping[str, GitLabRef],
        images: Sequence[ImageBuild] = (),
        provider_arn: str | None = None,
        qualifiers: Mapping[str, str] | None = None,
        role_prefix: str | None = None,
        max_session: DurationLike = timedelta(hours=1),
        permissions_boundary: iam.IManagedPolicy | None = None,
    ) -> None:
        """Create the roles.

        Args:
            scope: The parent: a stack in one of the accounts.
            id: Name among the parent's children.
            project: The project.
            environments: All environments. The construct creates roles for those of this account.
            refs: The protected branch or tags that deploy to each environment, by the names of the environments; no two
                have the same.
            images: The images that a build pushes to repositories of this account, from which the accounts of all
                environments may pull. Default: none, and no build role.
            provider_arn: The existing provider for tokens of the instance; an account cannot have two. Default: a new
                provider, which all deliveries of a stack share.
            qualifiers: Qualifiers of `cdk bootstrap`, by the names of environments. Two environments in one account and
                region need different ones. Default: that of CDK, `hnb659fds`.
            role_prefix: Prefix of the role names. Another prefix creates other roles. Default: the path of the project,
                `acme-shop`.
            max_session: Maximum session duration of a job, 1–12 hours; a deployment must end within it. Default: 1
                hour.
            permissions_boundary: Permissions boundary of the roles. Default: none.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        given = dict(locals())
        found = argument_problems(GitLabDelivery.__init__, given)
        found.extend_anew(_problems(**usable_arguments(GitLabDelivery.__init__, given, found), known=found))
        if not found and isinstance(scope, Construct):
            found.extend(place_problems(environments, images, cdk.Stack.of(scope).account))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        stack = cdk.Stack.of(self)
        qualifiers = qualifiers or {}
        names = _names(role_prefix, project)
        if provider_arn is None:
            provider_arn = provider_of(stack, project.url, project.token_audience).oidc_provider_arn
        self.provider_arn = provider_arn
        roles = OidcRoles(
            scope=self,
            names=names,
            provider_arn=provider_arn,
            max_session=max_session,
            permissions_boundary=permissions_boundary,
        )
        here = [one for one in environments if one.account in (None, stack.account)]
        for image in images:
            let_pull(image, {one.account for one in environments if one.account is not None} - {stack.account})
        every_ref = project.of_refs([refs[one.name] for one in environments])
        self.build_role = roles.build(every_ref, images) if images else None
        self.diff_roles = {one.name: roles.diff(one, project.of_refs([refs[one.name]])) for one in here}
        self.deploy_roles = {
            one.name: roles.deploy(
                one, project.of_refs([refs[one.name]]), qualifiers.get(one.name, BOOTSTRAP_QUALIFIER)
            )
            for one in here
        }
        self._project, self._refs = project, dict(refs)
        self._plan = ReleasePlan(
            names=names,
            environments=tuple(environments),
            images=tuple(images),
            account=stack.account,
            region=stack.region,
            max_session=max_session,
        )

    def pipeline_file(
        self,
        *,
        synthesis: Synthesis | None = None,
        stacks: str = "{environment}-*",
        test: str | None = None,
    ) -> str:
        """Return the text of `.gitlab-ci.yml`.

        A pipeline for a branch or tag builds each image unless the image of its commit exists. It synthesizes with the
        digests, shows the changes, and deploys to the environment of the branch or tag. With an `approval`, the
        deployment waits until a user starts the job.

        Args:
            synthesis: How to synthesize the app, which reads the digests with `Release.from_file()`. Default:
                `Synthesis()`.
            stacks: Pattern for the stacks of an environment, as for `cdk deploy`. Default: `{environment}-*`.
            test: A command that must pass before the deployment, such as `python3 -m pytest`. Default: none.

        Raises:
            ConstructError: An account or a region is missing, or the pattern selects the stacks of all environments.
        """
        argument_problems(self.pipeline_file, locals()).raise_for(self, "pipeline_file")
        plan = replace(self._plan, synthesis=synthesis or Synthesis(), stacks=stacks)
        plan.check(child_path(self, "pipeline_file"))
        return pipeline_text(plan, project=self._project, refs=self._refs, test=test)


def _names(role_prefix: str | None, project: GitLabProject) -> RoleNames:
    return RoleNames(prefix=role_prefix or project.path.replace("/", "-"))


def _problems(
    *,
    project: GitLabProject,
    environments: Sequence[Environment],
    refs: Mapping[str, GitLabRef],
    images: Sequence[ImageBuild],
    provider_arn: str | None,
    qualifiers: Mapping[str, str] | None,
    role_prefix: str | None,
    max_session: DurationLike,
    known: Problems,
    **_: object,
) -> list[Problem]:
    found = Problems()
    if not known.has("project"):
        found.extend(project.problems(), under="project")
        if not found.has("project"):
            found.extend(provider_problems(provider_arn, project.issuer))
    if not known.has("environments"):
        found.extend(environment_problems(environments))
        if not found.has("environments"):
            found.extend(qualifier_problems(environments, qualifiers or {}))
            found.extend([] if known.has("refs") else _ref_problems(refs, [one.name for one in environments]))
            if not known.has("project") and not found.has("project"):
                found.extend(role_problems(_names(role_prefix, project), environments, max_session))
    found.extend(image_problems(images))
    return list(found)


def _ref_problems(refs: Mapping[str, GitLabRef], environments: Sequence[str]) -> list[Problem]:
    found = Problems()
    for name in environments:
        if name not in refs:
            allowed = f'refs={{"{name}": GitLabRef(type="tag", name="v*")}}, for example'
            found.add("refs", f"no branch or tag deploys to {name}", given=", ".join(refs) or None, allowed=allowed)
    first: dict[str, str] = {}
    for name, ref in refs.items():
        option = f"refs[{name!r}]"
        if name not in environments:
            found.add(option, "no environment has this name", given=name, allowed=", ".join(environments))
        found.extend(ref.problems(), under=option)
        if found.has(option):
            continue
        if other := next((other for subject, other in first.items() if _meet(subject, ref.subject)), None):
            found.add(
                option,
                f"its tokens can also deploy to {other}, because GitLab does not tell AWS the environment of a job",
                given=ref.name,
                allowed="a separate branch or tag for each environment",
                practice="oidc-trust",
            )
        first.setdefault(ref.subject, name)
    return list(found)


def _meet(one: str, other: str) -> bool:
    """Tell whether a branch or tag can match both patterns, which may end in `*`."""
    if one.endswith("*") and other.endswith("*"):
        return one[:-1].startswith(other[:-1]) or other[:-1].startswith(one[:-1])
    if one.endswith("*"):
        return other.startswith(one[:-1])
    return one.startswith(other[:-1]) if other.endswith("*") else one == other
