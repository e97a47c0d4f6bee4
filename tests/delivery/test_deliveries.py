"""What the roles of a delivery may do, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from cdk_containers import (
    ConstructError,
    Environment,
    GitHubDelivery,
    GitHubRepository,
    GitLabDelivery,
    GitLabProject,
    GitLabRef,
    ImageBuild,
    Repository,
)
from tests.delivery.conftest import ACCOUNT, DEV, LIVE, OTHER_ACCOUNT, PROJECT, REFS, REGION, SHOP, Made, stack_in
from tests.iam.evaluation import who_can, who_surely_can
from tests.toolkit import new_stack, properties, synth

BOOTSTRAP = "arn:<Partition>:iam::{account}:role/cdk-hnb659fds-{kind}-role-{account}-eu-west-1"
KINDS = ("deploy", "file-publishing", "image-publishing", "lookup")


def names(made: Made, logical_ids: set[str]) -> set[str]:
    return {made.template["Resources"][one]["Properties"]["RoleName"] for one in logical_ids}


# ---- rights


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_deploy_role_of_an_environment_assumes_its_bootstrap_roles(tools: Made, live: Made, kind: str):
    for made, account, who in (
        (tools, ACCOUNT, {"acme-shop-dev-deploy", "lab-dev-deploy"}),
        (live, OTHER_ACCOUNT, {"acme-shop-live-deploy", "lab-live-deploy"}),
    ):
        arn = BOOTSTRAP.format(account=account, kind=kind)
        assert names(made, who_surely_can(made.template, "sts:AssumeRole", arn)) == who
        assert names(made, who_can(made.template, "sts:AssumeRole", arn)) == who
    assert who_can(tools.template, "sts:AssumeRole", BOOTSTRAP.format(account=OTHER_ACCOUNT, kind=kind)) == set()


def test_nobody_takes_the_role_with_which_cloudformation_deploys(tools: Made):
    assert who_can(tools.template, "sts:AssumeRole", BOOTSTRAP.format(account=ACCOUNT, kind="cfn-exec")) == set()
    assert who_can(tools.template, "iam:PassRole", BOOTSTRAP.format(account=ACCOUNT, kind="cfn-exec")) == set()


def test_only_the_build_role_pushes_and_only_to_the_repositories_of_images(tools: Made):
    repository = next(k for k, v in tools.template["Resources"].items() if v["Type"] == "AWS::ECR::Repository")
    arn = f"arn:<Partition>:ecr:<Region>:<AccountId>:repository/<{repository}>"
    build = {"acme-shop-build", "lab-build"}
    assert names(tools, who_surely_can(tools.template, "ecr:PutImage", arn)) == build
    assert names(tools, who_can(tools.template, "ecr:PutImage", arn)) == build
    assert who_can(tools.template, "ecr:PutImage", "arn:<Partition>:ecr:<Region>:<AccountId>:repository/other") == set()
    assert who_can(tools.template, "ecr:DeleteRepository", arn) == set()


def test_the_accounts_of_all_environments_may_pull(tools: Made):
    policy = next(v["Properties"] for v in tools.template["Resources"].values() if v["Type"] == "AWS::ECR::Repository")
    [statement, *_] = policy["RepositoryPolicyText"]["Statement"]
    assert f":iam::{OTHER_ACCOUNT}:root" in str(statement["Principal"])
    assert set(statement["Action"]) >= {"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
    assert "ecr:PutImage" not in str(policy)


def test_the_diff_role_reads_templates_of_its_environment_and_nothing_else(tools: Made):
    def stack(account: str, region: str = REGION) -> str:
        return f"arn:<Partition>:cloudformation:{region}:{account}:stack/dev-web/1"

    readers = names(tools, who_surely_can(tools.template, "cloudformation:GetTemplate", stack(ACCOUNT)))
    assert readers == {"acme-shop-dev-diff", "lab-dev-diff"}
    assert who_can(tools.template, "cloudformation:GetTemplate", stack(OTHER_ACCOUNT)) == set()
    assert who_can(tools.template, "cloudformation:GetTemplate", stack(ACCOUNT, "us-east-1")) == set()
    assert who_can(tools.template, "cloudformation:UpdateStack", stack(ACCOUNT)) == set()


def test_roles_are_made_where_their_environment_and_the_images_are(tools: Made, live: Made):
    assert list(tools.github.deploy_roles) == list(tools.github.diff_roles) == ["dev"]
    assert tools.github.build_role is not None
    assert list(live.github.deploy_roles) == list(live.gitlab.deploy_roles) == ["live"]
    assert live.github.build_role is None


def test_the_deliveries_of_a_stack_share_a_provider_which_is_no_function():
    stack = stack_in(ACCOUNT)
    for name in ("shop", "blog"):
        repository = GitHubRepository(name=f"acme/{name}", id=len(name), owner_id=90)
        GitHubDelivery(stack, name, repository=repository, environments=[DEV])
    template = synth(stack)
    assert properties(template, "AWS::IAM::OIDCProvider") == {
        "ClientIdList": ["sts.amazonaws.com"],
        "Url": "https://token.actions.githubusercontent.com",
    }
    types = {entry["Type"] for entry in template["Resources"].values()}
    assert types == {"AWS::IAM::OIDCProvider", "AWS::IAM::Role"}


def test_a_provider_that_exists_is_used():
    stack = stack_in(ACCOUNT)
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    made = GitHubDelivery(stack, "GitHub", repository=SHOP, environments=[DEV], provider_arn=arn)
    roles = [it for it in synth(stack)["Resources"].values() if it["Type"] == "AWS::IAM::Role"]
    assert made.provider_arn == arn
    assert {it["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Federated"] for it in roles} == {
        arn
    }
    assert "AWS::IAM::OIDCProvider" not in {it["Type"] for it in synth(stack)["Resources"].values()}


def test_environments_of_one_account_are_kept_apart_by_qualifiers():
    stack = stack_in(ACCOUNT)
    beside = Environment(name="live", account=ACCOUNT, region=REGION)
    GitHubDelivery(
        stack, "GitHub", repository=SHOP, environments=[DEV, beside], qualifiers={"live": "live"}, role_prefix="shop"
    )
    template = synth(stack)
    for name, qualifier in (("dev", "hnb659fds"), ("live", "live")):
        arn = BOOTSTRAP.format(account=ACCOUNT, kind="deploy").replace("hnb659fds", qualifier)
        who = who_can(template, "sts:AssumeRole", arn)
        assert {template["Resources"][one]["Properties"]["RoleName"] for one in who} == {f"shop-{name}-deploy"}


def test_a_boundary_and_a_longer_session_are_of_every_role():
    stack = stack_in(ACCOUNT)
    boundary = iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "developers")
    GitHubDelivery(
        stack,
        "GitHub",
        repository=SHOP,
        environments=[DEV],
        permissions_boundary=boundary,
        max_session=cdk.Duration.hours(3),
    )
    roles = [it["Properties"] for it in synth(stack)["Resources"].values() if it["Type"] == "AWS::IAM::Role"]
    assert len(roles) == 2
    assert all("policy/developers" in str(role["PermissionsBoundary"]) for role in roles)
    assert {role["MaxSessionDuration"] for role in roles} == {10800}


# ---- what is refused


def refused(make: type, stack: cdk.Stack, **options: Any) -> ConstructError:
    with pytest.raises(ConstructError) as error:
        make(stack, "Delivery", **options)
    return error.value


def shown(error: ConstructError) -> list[str]:
    return [f"{problem.option}: {problem.what}" for problem in error.problems]


def test_everything_that_is_wrong_with_a_delivery_of_github_is_said_at_once():
    stack = new_stack()
    image = ImageBuild(name="web", repository=Repository(stack, "Web", repository_name="shop/web"))
    error = refused(
        GitHubDelivery,
        stack,
        repository=GitHubRepository(name="acme", id=0, owner_id=-1),
        environments=[DEV, Environment(name="Dev", account="1"), Environment(name="to be live"), DEV],
        images=[image, image],
        branch="refs/heads/main",
        workflow_file="deliver",
        provider_arn="arn:aws:iam::111111111111:oidc-provider/gitlab.com",
    )
    assert shown(error) == [
        "repository.name: not a repository",
        "repository.id: not a GitHub number",
        "repository.owner_id: not a GitHub number",
        "environments[1].account: not an account",
        "environments[2].name: not valid in a role name",
        "environments[3].name: another environment already has this name",
        "images[1].name: another image already has this name",
        "branch: no branch or tag matches: write the name without refs/heads/ or refs/tags/",
        "workflow_file: not the name of a workflow file",
        "provider_arn: not a provider for these tokens",
    ]


@pytest.mark.parametrize(
    ("branch", "what"),
    [
        ("", "no branch or tag matches an empty name"),
        ("*", "a pattern instead of a name"),
        ("release/*", "a pattern instead of a name"),
        ("main ", "no branch or tag matches: git does not accept this name"),
        ("feature..x", "no branch or tag matches: git does not accept this name"),
        ("main.lock", "no branch or tag matches: git does not accept this name"),
        ("refs/pull/7/merge", "no branch or tag matches: write the name without refs/heads/ or refs/tags/"),
    ],
)
def test_a_branch_that_nothing_or_everything_matches(branch: str, what: str):
    error = refused(GitHubDelivery, new_stack(), repository=SHOP, environments=[Environment()], branch=branch)
    assert shown(error) == [f"branch: {what}"]
    assert error.problems[0].practice == "oidc-trust"


@pytest.mark.parametrize(
    ("ref", "what"),
    [
        (GitLabRef(type="branch", name="release/*"), "a pattern instead of a name"),
        (GitLabRef(type="tag", name="*"), "every branch or tag matches"),
        (GitLabRef(type="tag", name="v*.0"), "a pattern that does not end in its only *"),
        (GitLabRef(type="tag", name="v 1"), "no branch or tag matches: git does not accept this name"),
    ],
)
def test_a_ref_of_gitlab_that_nothing_or_everything_matches(ref: GitLabRef, what: str):
    error = refused(
        GitLabDelivery, new_stack(), project=PROJECT, environments=[Environment(name="live")], refs={"live": ref}
    )
    assert shown(error) == [f"refs['live'].name: {what}"]


def test_two_environments_that_the_same_tokens_or_roles_deploy_to():
    stack = stack_in(ACCOUNT)
    beside = Environment(name="live", account=ACCOUNT, region=REGION)
    error = refused(GitHubDelivery, stack, repository=SHOP, environments=[DEV, beside], qualifiers={"prod": "A-B"})
    assert shown(error) == [
        "qualifiers['prod']: no environment has this name",
        "qualifiers['prod']: not a qualifier",
        "environments[1]: the same roles deploy dev, so permission for one includes the other",
    ]
    refs = {"dev": GitLabRef(type="tag", name="v*"), "live": GitLabRef(type="tag", name="v2*"), "test": REFS["dev"]}
    error = refused(GitLabDelivery, stack, project=PROJECT, environments=[DEV, LIVE], refs=refs)
    assert shown(error) == [
        "refs['live']: its tokens can also deploy to dev, because GitLab does not tell AWS the environment of a job",
        "refs['test']: no environment has this name",
    ]
    assert shown(
        refused(GitLabDelivery, stack, project=PROJECT, environments=[DEV, LIVE], refs={"dev": REFS["dev"]})
    ) == ["refs: no branch or tag deploys to live"]


def test_a_stack_that_is_in_no_account_or_in_one_without_an_environment():
    error = refused(GitHubDelivery, new_stack(), repository=SHOP, environments=[DEV])
    assert shown(error) == ["environments: the environments have an account, but the stack has none"]
    error = refused(GitHubDelivery, stack_in("333333333333"), repository=SHOP, environments=[DEV, LIVE])
    assert shown(error) == [
        "environments: no environment is in the account of the stack, 333333333333, and there is no image to build"
    ]
    error = refused(GitHubDelivery, new_stack(), repository=SHOP, environments=[])
    assert shown(error) == ["environments: no environment"]


def test_names_and_sessions_that_iam_does_not_take():
    error = refused(
        GitHubDelivery,
        new_stack(),
        repository=SHOP,
        environments=[Environment()],
        role_prefix="x" * 60,
        max_session=timedelta(minutes=30),
    )
    assert shown(error) == ["role_prefix: it does not form valid role names", "max_session: out of range"]


def test_a_project_that_is_none():
    error = refused(
        GitLabDelivery,
        new_stack(),
        project=GitLabProject(path="shop", url="http://gitlab.com:8080", audience=""),
        environments=[Environment()],
        refs={"production": GitLabRef(type="branch", name="main")},
    )
    assert shown(error) == [
        "project.path: not a project",
        "project.url: not an address of a provider",
        "project.audience: the audience is empty",
    ]


def test_values_of_wrong_types_are_said_together_with_the_rest():
    error = refused(GitHubDelivery, new_stack(), repository="acme/shop", environments=[Environment()], branch="")
    assert [problem.option for problem in error.problems] == ["repository", "branch"]
