"""The files of GitHub and GitLab: what they say, and what their shell commands do with stand-ins on PATH."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_containers import (
    Approval,
    ConstructError,
    Environment,
    GitHubDelivery,
    GitLabDelivery,
    GitLabProject,
    ImageBuild,
    Release,
    Repository,
    Synthesis,
)
from cdk_containers.checks.reading import parse
from cdk_containers.delivery.oidc_roles import RoleNames
from cdk_containers.delivery.release_plan import ReleasePlan
from tests.delivery.conftest import ACCOUNT, DEV, LIVE, PROJECT, REFS, SHOP, Made, stack_in
from tests.toolkit import new_stack

DIGEST = f"sha256:{'4b' * 32}"
PINNED = re.compile(r"[a-z-]+/[a-z-]+@[0-9a-f]{40}")


def workflow(made: Made, **options: Any) -> dict[str, Any]:
    return parse(made.github.workflow(**options)).source


def pipeline(made: Made, **options: Any) -> dict[str, Any]:
    return parse(made.gitlab.pipeline_file(**options)).source


def steps(job: dict[str, Any]) -> list[dict[str, Any]]:
    return job["steps"]


def command(job: dict[str, Any], name: str) -> str:
    return next(step["run"] for step in steps(job) if step.get("name", "").startswith(name))


# ---- GitHub


def test_the_workflow_runs_on_the_branch_and_one_after_the_other(tools: Made):
    made = workflow(tools)
    assert made["on" if "on" in made else True] == {"push": {"branches": ["main"]}}
    assert made["concurrency"] == {"group": "deliver", "cancel-in-progress": False}
    assert made["permissions"] == {"contents": "read"}


def test_jobs_build_once_and_deploy_the_same_assembly_to_one_environment_after_the_other(tools: Made):
    jobs = workflow(tools)["jobs"]
    assert {name: job.get("needs", []) for name, job in jobs.items()} == {
        "build-web": [],
        "synth": ["build-web"],
        "diff-dev": ["synth"],
        "deploy-dev": ["diff-dev"],
        "diff-live": ["synth"],
        "deploy-live": ["diff-live", "deploy-dev"],
    }
    assert [name for name, job in jobs.items() if "synth --quiet" in json.dumps(job)] == ["synth"]


def test_only_jobs_that_call_aws_get_a_token(tools: Made):
    jobs = workflow(tools)["jobs"]
    with_token = {name for name, job in jobs.items() if job.get("permissions", {}).get("id-token") == "write"}
    assert with_token == jobs.keys() - {"synth"}
    assert all(jobs[name]["permissions"] == {"contents": "read", "id-token": "write"} for name in with_token)


def test_only_jobs_that_deploy_name_their_environment(tools: Made):
    jobs = workflow(tools)["jobs"]
    named = {name: job["environment"] for name, job in jobs.items() if "environment" in job}
    assert named == {"deploy-dev": "dev", "deploy-live": "live"}


def test_each_job_takes_the_role_that_is_made_for_it(tools: Made, live: Made):
    taken = {
        name: step["with"]
        for name, job in workflow(tools)["jobs"].items()
        for step in steps(job)
        if "role-to-assume" in step.get("with", {})
    }
    assert {name: step["role-to-assume"] for name, step in taken.items()} == {
        "build-web": f"arn:aws:iam::{ACCOUNT}:role/acme-shop-build",
        "diff-dev": f"arn:aws:iam::{ACCOUNT}:role/acme-shop-dev-diff",
        "deploy-dev": f"arn:aws:iam::{ACCOUNT}:role/acme-shop-dev-deploy",
        "diff-live": f"arn:aws:iam::{LIVE.account}:role/acme-shop-live-diff",
        "deploy-live": f"arn:aws:iam::{LIVE.account}:role/acme-shop-live-deploy",
    }
    for name, step in taken.items():
        role = (live if name.endswith("live") else tools).role(step["role-to-assume"].rpartition("/")[2])
        assert int(step["role-duration-seconds"]) == role["MaxSessionDuration"]
    assert live.github.workflow().count("role-to-assume") == 4, "without images, nothing is built"


@pytest.mark.parametrize(
    ("region", "partition", "domain"),
    [("cn-north-1", "aws-cn", "amazonaws.com.cn"), ("us-gov-west-1", "aws-us-gov", "amazonaws.com")],
)
def test_roles_and_images_are_in_the_partition_of_their_region(region: str, partition: str, domain: str):
    env = Environment(name="live", account=ACCOUNT, region=region)
    image = ImageBuild(name="web", repository=Repository(new_stack(), "Web", repository_name="shop/web"))
    plan = ReleasePlan(
        names=RoleNames(prefix="shop"),
        environments=[env],
        images=[image],
        account=ACCOUNT,
        region=region,
        max_session=3600,
    )
    assert plan.build_role == f"arn:{partition}:iam::{ACCOUNT}:role/shop-build"
    assert plan.diff_role(env) == f"arn:{partition}:iam::{ACCOUNT}:role/shop-live-diff"
    assert plan.deploy_role(env) == f"arn:{partition}:iam::{ACCOUNT}:role/shop-live-deploy"
    variables = plan.build_variables(image)
    assert variables["REPOSITORY_URI"] == f"{ACCOUNT}.dkr.ecr.{region}.{domain}/shop/web"
    assert variables["REPOSITORY_ARN"] == f"arn:{partition}:ecr:{region}:{ACCOUNT}:repository/shop/web"


def test_actions_are_pinned_to_commits(tools: Made):
    used = [step["uses"] for job in workflow(tools)["jobs"].values() for step in steps(job) if "uses" in step]
    assert len(used) > 10
    assert [one for one in used if not PINNED.fullmatch(one)] == []


def test_options_of_the_workflow(tools: Made):
    made = workflow(
        tools,
        synthesis=Synthesis(directory="infra", commands=["pip install .", "cdk synth -q"], cli_version="2.1200.3"),
        stacks="{environment}/*",
        test="python -m pytest",
    )
    assert command(made["jobs"]["synth"], "Synthesize and test").splitlines() == [
        "set -euo pipefail",
        "cd infra",
        "pip install .",
        "npx --yes aws-cdk@2.1200.3 synth -q",
        "python -m pytest",
    ]
    assert "> infra/release/release.json" in command(made["jobs"]["synth"], "Write the release")
    assert steps(made["jobs"]["synth"])[-1]["with"]["path"] == "infra/cdk.out"
    assert "aws-cdk@2.1200.3 deploy --app ./cdk.out --require-approval never --ci 'live/*'" in json.dumps(made["jobs"])


# ---- GitLab


def test_each_ref_runs_the_jobs_of_its_environment(tools: Made):
    made = pipeline(tools)
    rules = {name: job["rules"] for name, job in made.items() if "rules" in job and name != "workflow"}
    main, tag = [{"if": '$CI_COMMIT_BRANCH == "main"'}], [{"if": "$CI_COMMIT_TAG =~ /^v/"}]
    assert rules == {"diff-dev": main, "deploy-dev": main, "diff-live": tag, "deploy-live": tag}
    assert made["workflow"]["rules"] == [*main, *tag]
    assert made["deploy-live"]["environment"] == "live"
    assert made["deploy-live"]["variables"]["ROLE_ARN"] == f"arn:aws:iam::{LIVE.account}:role/lab-live-deploy"
    assert made[".aws"]["id_tokens"]["AWS_TOKEN"]["aud"] == "https://gitlab.com"


def test_an_environment_with_an_approval_waits_for_somebody():
    stack = stack_in(ACCOUNT)
    asked = replace(LIVE, approval=Approval(email_addresses=["ops@example.com"]))
    made = GitLabDelivery(stack, "GitLab", project=PROJECT, environments=[DEV, asked], refs=REFS)
    jobs = parse(made.pipeline_file()).source
    assert jobs["deploy-live"]["rules"][0]["when"] == "manual"
    assert "when" not in jobs["deploy-dev"]["rules"][0]


def test_an_instance_of_ones_own_has_its_own_address_audience_and_runners():
    stack = stack_in(ACCOUNT)
    project = GitLabProject(path="acme/shop", url="https://git.acme.com", audience="aws")
    image = ImageBuild(name="web", repository=Repository(stack, "Web", repository_name="shop/web"))
    made = GitLabDelivery(stack, "GitLab", project=project, environments=[DEV, LIVE], refs=REFS, images=[image])
    jobs = parse(made.pipeline_file()).source
    assert jobs[".aws"]["id_tokens"]["AWS_TOKEN"]["aud"] == "aws"
    assert "tags" not in jobs["build-web"]


# ---- what the commands do


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    """A folder with stand-ins on PATH, which write down how they are called."""
    tools = tmp_path / "bin"
    tools.mkdir()
    stand_ins = {
        "aws": 'case "$*" in *batch-get-image*) [ -f pushed ] && echo $DIGEST || echo None;; '
        '*get-template*"new"*) echo "Stack new does not exist" >&2; exit 254;; '
        '*get-template*"closed"*) echo "AccessDenied" >&2; exit 254;; '
        '*get-template*) echo "{}";; *) echo password;; esac',
        "docker": 'case "$1" in login) cat > /dev/null;; push) touch pushed;; image) echo linux/amd64;; esac',
        "npx": 'case "$*" in *" list "*) cat listed.json;; *" diff "*) echo "what changes in ${@: -1}";; esac',
    }
    for name, text in stand_ins.items():
        script = tools / name
        script.write_text(f'#!/bin/bash\necho "{name} $*" >> "$CALLS"\n{text}\n')
        script.chmod(0o755)
    return tmp_path


def run(folder: Path, text: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "CALLS": str(folder / "calls"),
        "DIGEST": DIGEST,
        "GITHUB_SHA": "c0ffee",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        **variables,
    }
    return subprocess.run(
        ["/bin/bash", "-e", "-c", text], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def calls(folder: Path, program: str) -> list[str]:
    return [line for line in (folder / "calls").read_text().splitlines() if line.startswith(program)]


def test_a_commit_is_built_once_and_its_digest_is_released(tools: Made, bench: Path):
    jobs = workflow(tools)["jobs"]
    build = next(step for step in steps(jobs["build-web"]) if "run" in step)
    assert run(bench, build["run"], **build["env"]).returncode == 0
    assert (
        "--tag 111111111111.dkr.ecr.eu-west-1.amazonaws.com/shop/web:web-c0ffee web" in calls(bench, "docker build")[0]
    )
    assert run(bench, build["run"], **build["env"]).returncode == 0
    assert len(calls(bench, "docker build")) == 1, "the second run finds the image"

    (bench / "images").mkdir()
    (bench / "image").rename(bench / "images" / "image-web")
    assert shutil.which("jq"), "the runners have jq"
    assert run(bench, command(jobs["synth"], "Write the release")).returncode == 0
    release = Release.from_file(bench / "release" / "release.json")
    assert release.commit == "c0ffee"
    assert release.images["web"].digest == DIGEST
    stack = new_stack()
    assert release.image(stack, "web").digest == DIGEST


def listed(folder: Path, *stacks: str) -> None:
    (folder / "listed.json").write_text(
        json.dumps([{"id": f"live/{name} ({name})" if name == "new" else name, "name": name} for name in stacks])
    )


def test_what_would_change_is_in_the_summary_of_the_job(tools: Made, bench: Path):
    text = command(workflow(tools)["jobs"]["diff-live"], "Show what would change")
    listed(bench, "live-web", "new")
    done = run(bench, text)
    assert done.returncode == 0, done.stderr
    assert (bench / "summary.md").read_text().splitlines() == [
        "### live: live-web",
        "```",
        "what changes in live-web",
        "```",
        "### live: new",
        "```",
        "what changes in live/new",
        "```",
    ]


def test_a_template_that_cannot_be_read_stops_the_job(tools: Made, bench: Path):
    text = command(workflow(tools)["jobs"]["diff-live"], "Show what would change")
    listed(bench, "closed", "live-web")
    done = run(bench, text)
    assert done.returncode != 0
    assert "AccessDenied" in done.stdout
    assert not calls(bench, "npx --yes aws-cdk@2.1148.1 diff")


def test_gitlab_builds_with_the_same_commands(tools: Made, bench: Path):
    job = pipeline(tools)["build-web"]
    text = job["script"][0].replace("/tmp/", f"{bench}/")  # noqa: S108  (where the job writes)
    assert run(bench, text, CI_COMMIT_SHA="c0ffee", **job["variables"]).returncode == 0
    image = json.loads((bench / "images" / "web" / "image.json").read_text())
    assert image["web"]["digest"] == DIGEST
    assert job["artifacts"]["paths"] == ["images/web"]


def test_the_session_of_gitlab_lasts_as_long_as_the_role_gives(bench: Path):
    stack = stack_in(ACCOUNT)
    made = GitLabDelivery(
        stack, "GitLab", project=PROJECT, environments=[DEV, LIVE], refs=REFS, max_session=cdk.Duration.hours(2)
    )
    job = parse(made.pipeline_file()).source["deploy-live"]
    before = parse(made.pipeline_file()).source[".cdk"]["before_script"][-1]
    (bench / "bin" / "aws").write_text('#!/bin/bash\necho "aws $*" >> "$CALLS"\nprintf "KEY\\tSECRET\\tTOKEN\\n"\n')
    text = f'{before}\necho "$AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY $AWS_SESSION_TOKEN"'
    done = run(bench, text, AWS_TOKEN="jwt", CI_PIPELINE_ID="7", **job["variables"])  # noqa: S106
    assert done.stdout == "KEY SECRET TOKEN\n"
    assert "--duration-seconds 7200" in calls(bench, "aws")[0]


# ---- what the file cannot be written without


def problems(error: pytest.ExceptionInfo[ConstructError]) -> list[str]:
    return [problem.option for problem in error.value.problems]


def test_a_file_needs_accounts_and_regions():
    stack = new_stack()
    image = ImageBuild(name="web", repository=Repository(stack, "Web", repository_name="shop/web"))
    made = GitHubDelivery(stack, "GitHub", repository=SHOP, environments=[Environment()], images=[image])
    with pytest.raises(ConstructError, match="Shop/GitHub/workflow") as error:
        made.workflow(stacks="*", synthesis=Synthesis(cli_version="2"))
    assert problems(error) == [
        "environments[0].account",
        "environments[0].region",
        "scope",
        "synthesis.cli_version",
        "stacks",
    ]
