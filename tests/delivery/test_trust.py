"""Which tokens get which role: the conditions of the rendered trust policies, evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.delivery.conftest import Made
from tests.iam.evaluation import CALL, Statement
from tests.iam.symbols import Answer, Symbols

Claims = Mapping[str, str]

MAIN: Claims = {
    "aud": "sts.amazonaws.com",
    "sub": "repo:acme/shop:ref:refs/heads/main",
    "repository": "acme/shop",
    "repository_id": "700",
    "ref": "refs/heads/main",
    "job_workflow_ref": "acme/shop/.github/workflows/deliver.yml@refs/heads/main",
}
"""A job on main that names no environment, with the subject that old repositories have."""

NEW_SUBJECT = {"sub": "repo:acme@90/shop@700:ref:refs/heads/main"}
LIVE: Claims = {**MAIN, "sub": "repo:acme/shop:environment:live", "environment": "live"}
NEW_LIVE: Claims = {**LIVE, "sub": "repo:acme@90/shop@700:environment:live"}
DEV: Claims = {**MAIN, "sub": "repo:acme/shop:environment:dev", "environment": "dev"}
PULL_REQUEST: Claims = {
    **MAIN,
    "sub": "repo:acme/shop:pull_request",
    "ref": "refs/pull/7/merge",
    "job_workflow_ref": "acme/shop/.github/workflows/deliver.yml@refs/pull/7/merge",
}


def admits(role: Mapping[str, Any], issuer: str, claims: Claims) -> bool:
    context = {f"{issuer}:{claim}": value for claim, value in claims.items()}
    answers = {
        Statement(source, Symbols({"": {}}, "", known=CALL)).holds(context, complete=True)
        for source in role["AssumeRolePolicyDocument"]["Statement"]
        if source["Action"] == "sts:AssumeRoleWithWebIdentity"
    }
    assert len(answers) == 1
    assert Answer.PERHAPS not in answers
    return answers == {Answer.YES}


def github(made: Made, role: str, claims: Claims) -> bool:
    return admits(made.role(role), "token.actions.githubusercontent.com", claims)


def gitlab(made: Made, role: str, claims: Claims) -> bool:
    return admits(made.role(role), "gitlab.com", claims)


@pytest.mark.parametrize("role", ["acme-shop-build", "acme-shop-dev-diff"])
@pytest.mark.parametrize("claims", [MAIN, {**MAIN, **NEW_SUBJECT}], ids=["old", "new"])
def test_jobs_on_the_branch_build_and_compare(tools: Made, role: str, claims: Claims):
    assert github(tools, role, claims)


@pytest.mark.parametrize("claims", [LIVE, NEW_LIVE], ids=["old", "new"])
def test_jobs_of_the_environment_deploy_to_it(live: Made, claims: Claims):
    assert github(live, "acme-shop-live-deploy", claims)


BAD = {
    "a pull request": PULL_REQUEST,
    "a pull request whose job names the environment": {
        **PULL_REQUEST,
        "sub": "repo:acme/shop:environment:live",
        "environment": "live",
    },
    "a workflow for pull_request_target, which runs on main": {
        **LIVE,
        "job_workflow_ref": "acme/shop/.github/workflows/label.yml@refs/heads/main",
    },
    "another repository": {
        **LIVE,
        "sub": "repo:acme/blog:environment:live",
        "repository": "acme/blog",
        "repository_id": "701",
        "job_workflow_ref": "acme/blog/.github/workflows/deliver.yml@refs/heads/main",
    },
    "a fork": {
        **NEW_LIVE,
        "sub": "repo:mallory@13/shop@999:environment:live",
        "repository": "mallory/shop",
        "repository_id": "999",
        "job_workflow_ref": "mallory/shop/.github/workflows/deliver.yml@refs/heads/main",
    },
    "a name that somebody else took": {**LIVE, "repository_id": "999"},
    "a name that somebody else took, with the new subject": {
        **NEW_LIVE,
        "sub": "repo:acme@13/shop@999:environment:live",
        "repository_id": "999",
    },
    "the environment dev": DEV,
    "no environment": MAIN,
    "another branch": {
        **LIVE,
        "ref": "refs/heads/feature",
        "job_workflow_ref": "acme/shop/.github/workflows/deliver.yml@refs/heads/feature",
    },
    "a token for another service": {**LIVE, "aud": "https://github.com/acme"},
    **{
        f"a token without {claim}": {key: value for key, value in LIVE.items() if key != claim}
        for claim in ("aud", "sub", "repository_id", "ref", "job_workflow_ref", "environment")
    },
}


@pytest.mark.parametrize("claims", BAD.values(), ids=list(BAD))
def test_no_other_token_deploys(live: Made, claims: Claims):
    assert github(live, "acme-shop-live-deploy", LIVE)
    assert not github(live, "acme-shop-live-deploy", claims)


@pytest.mark.parametrize("role", ["acme-shop-build", "acme-shop-dev-diff"])
@pytest.mark.parametrize("claims", [PULL_REQUEST, DEV, LIVE], ids=["pull request", "dev", "live"])
def test_tokens_of_environments_and_pull_requests_do_not_build(tools: Made, role: str, claims: Claims):
    assert github(tools, role, MAIN)
    assert not github(tools, role, claims)


# ---- GitLab


ON_MAIN: Claims = {"aud": "https://gitlab.com", "sub": "project_path:acme/shop:ref_type:branch:ref:main"}
ON_TAG: Claims = {"aud": "https://gitlab.com", "sub": "project_path:acme/shop:ref_type:tag:ref:v1.4"}


def test_each_ref_of_gitlab_gets_its_own_environment(tools: Made, live: Made):
    assert gitlab(tools, "lab-dev-deploy", ON_MAIN)
    assert gitlab(live, "lab-live-deploy", ON_TAG)
    assert gitlab(tools, "lab-build", ON_MAIN)
    assert gitlab(tools, "lab-build", ON_TAG)
    assert not gitlab(tools, "lab-dev-deploy", ON_TAG)
    assert not gitlab(live, "lab-live-deploy", ON_MAIN)


@pytest.mark.parametrize(
    "claims",
    [
        {**ON_TAG, "sub": "project_path:acme/shop:ref_type:branch:ref:v1.4"},
        {**ON_TAG, "sub": "project_path:acme/shop:ref_type:tag:ref:nightly"},
        {**ON_TAG, "sub": "project_path:acme/shop-fork:ref_type:tag:ref:v1.4"},
        {**ON_TAG, "sub": "project_path:mallory/shop:ref_type:tag:ref:v1.4"},
        {**ON_TAG, "aud": "https://vault.acme.com"},
        {"sub": ON_TAG["sub"]},
        {"aud": ON_TAG["aud"]},
    ],
    ids=["a branch", "another tag", "another project", "a fork", "another audience", "no audience", "no subject"],
)
def test_no_other_token_of_gitlab_deploys(live: Made, claims: Claims):
    assert gitlab(live, "lab-live-deploy", ON_TAG)
    assert not gitlab(live, "lab-live-deploy", claims)
