"""Roles that pipelines of GitLab take, and the pipeline's file."""

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
    """What a pipeline of one project of GitLab may do in the account of this stack, without access keys.

    One role builds images, one reads the templates of an environment, and one deploys to it. AWS sees the project and
    the branch or tag of a GitLab token, and nothing of its environment. So each environment has a branch or tag of its
    own, which you protect in GitLab.

    Make one in each account: in those of the environments, and where the images are. `pipeline_file` returns the file.

    Attributes:
        provider_arn: The provider of the account for tokens of this instance.
        build_role: The role that pushes images; None where no image is given.
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
        """Make the roles.

        Args:
            scope: The parent: a stack in one of the accounts.
            id: Name among the parent's children.
            project: The project.
            environments: All environments. Roles are made for those of this account.
            refs: The protected branch or tags that deploy to each environment, by the names of the environments; no two
                have the same.
            images: The images that a build pushes to repositories of this account, from which the accounts of all
                environments may pull. Default: none, and no role that builds.
            provider_arn: The provider for tokens of the instance, if the account has one; it cannot have two. Default:
                one is made, which all deliveries of a stack share.
            qualifiers: Qualifiers of `cdk bootstrap`, by the names of environments. Two environments in one account and
                region need different ones. Default: that of CDK, `hnb659fds`.
            role_prefix: What the names of the roles begin with. Another one makes other roles. Default: the path of the
                project, `acme-shop`.
            max_session: How long a job has its rights, 1–12 hours; a deployment has to end in it. Default: 1 hour.
            permissions_boundary: The most that the roles may ever do. Default: none.

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

        A branch or tag builds each image unless the image of its commit is there, synthesizes with the digests, shows
        what would change, and deploys to the environment that it belongs to. An environment with an `approval` waits
        for somebody to start the job.

        Args:
            synthesis: How the assembly is made, where the app finds the digests with `Release.from_file()`. Default:
                `Synthesis()`.
            stacks: Pattern of the stacks of an environment, as `cdk deploy` takes it. Default: `{environment}-*`.
            test: A command that has to pass before anything is deployed, such as `python3 -m pytest`. Default: none.

        Raises:
            ConstructError: An account or a region is missing, or the stacks of an environment are those of all.
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
            allowed = f'refs={{"{name}": GitLabRef(type="tag", name="v*")}}, say'
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
                f"its tokens deploy to {other} too: GitLab does not tell AWS which environment a job is for",
                given=ref.name,
                allowed="a branch or tag of its own for each environment",
                practice="oidc-trust",
            )
        first.setdefault(ref.subject, name)
    return list(found)


def _meet(one: str, other: str) -> bool:
    """Tell whether a branch or tag may fit both, of which each may end in `*`."""
    if one.endswith("*") and other.endswith("*"):
        return one[:-1].startswith(other[:-1]) or other[:-1].startswith(one[:-1])
    if one.endswith("*"):
        return other.startswith(one[:-1])
    return one.startswith(other[:-1]) if other.endswith("*") else one == other
