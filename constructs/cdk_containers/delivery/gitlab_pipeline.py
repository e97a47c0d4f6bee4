"""The GitLab pipeline file as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from cdk_containers.applications import Environment

from .gitlab_project import GitLabProject, GitLabRef
from .image_build import ImageBuild
from .release_plan import ASSEMBLY, ReleasePlan

_NODE_IMAGE = "public.ecr.aws/docker/library/node:24-bookworm"
_DOCKER_IMAGE = "public.ecr.aws/docker/library/docker:28"
_RUNNERS = {"X86_64": "saas-linux-small-amd64", "ARM64": "saas-linux-small-arm64"}

_HEAD = """\
# GitLabDelivery.pipeline_file() writes this file; change it there.
stages: [build, synth, diff, deploy]
variables:
  CDK_DISABLE_CLI_TELEMETRY: "true"
workflow:
  rules:
{rules}

.aws:
  id_tokens:
    AWS_TOKEN:
      aud: {audience}

.cdk:
  extends: .aws
  image: {image}
  before_script:
    - apt-get update -qq && apt-get install -qq -y --no-install-recommends awscli jq > /dev/null
    - *credentials

"""

_CREDENTIALS = """\
.credentials: &credentials |
  set -eu
  session=$(aws sts assume-role-with-web-identity --region "$AWS_REGION" --role-arn "$ROLE_ARN" \\
    --role-session-name "gitlab-$CI_PIPELINE_ID" --web-identity-token "$AWS_TOKEN" --duration-seconds {seconds} \\
    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)
  export AWS_ACCESS_KEY_ID="$(echo "$session" | cut -f 1)"
  export AWS_SECRET_ACCESS_KEY="$(echo "$session" | cut -f 2)"
  export AWS_SESSION_TOKEN="$(echo "$session" | cut -f 3)"

"""
"""Requests a session with the role's maximum duration; the SDKs request one hour."""


def pipeline_text(plan: ReleasePlan, *, project: GitLabProject, refs: Mapping[str, GitLabRef], test: str | None) -> str:
    """Return the file."""
    rules = "\n".join(f"    - if: {_rule(refs[one.name])}" for one in plan.environments)
    tagged = project.url == "https://gitlab.com"
    jobs = [_build(plan, image, tagged=tagged) for image in plan.images]
    jobs.append(_synth(plan, test))
    for environment in plan.environments:
        jobs.append(_diff(plan, environment, refs[environment.name]))
        jobs.append(_deploy(plan, environment, refs[environment.name]))
    head = _HEAD.format(rules=rules, image=_NODE_IMAGE, audience=project.token_audience)
    before, after = head.split(".aws:", 1)
    credentials = _CREDENTIALS.format(seconds=plan.session_seconds)
    return f"{before}{credentials}.aws:{after}" + "\n".join(jobs)


def _build(plan: ReleasePlan, image: ImageBuild, *, tagged: bool) -> str:
    return _job(
        f"build-{image.name}",
        [
            "extends: .aws",
            "stage: build",
            f"image: {_DOCKER_IMAGE}",
            f"services: [{_DOCKER_IMAGE}-dind]",
            *([f"tags: [{_RUNNERS[image.architecture]}]"] if tagged else []),
            "variables:",
            "  DOCKER_TLS_CERTDIR: /certs",
            f"  AWS_REGION: {plan.region}",
            f"  ROLE_ARN: {plan.build_role}",
            *(
                f"  {name}: {json.dumps(value.replace('$', '$$'))}"
                for name, value in plan.build_variables(image).items()
            ),
            "before_script:",
            "  - apk add --no-cache aws-cli bash",
            "  - *credentials",
            "artifacts:",
            f"  paths: [images/{image.name}]",
        ],
        [
            "cat > /tmp/build.sh <<'SCRIPT'",
            *plan.build("CI_COMMIT_SHA"),
            "SCRIPT",
            "bash /tmp/build.sh",
            f"mkdir -p images/{image.name}",
            f"mv image/image.json images/{image.name}/image.json",
        ],
    )


def _synth(plan: ReleasePlan, test: str | None) -> str:
    release = plan.release("CI_COMMIT_SHA", "images/*/image.json") if plan.images else []
    return _job(
        "synth",
        [
            "stage: synth",
            f"image: {_NODE_IMAGE}",
            "before_script:",
            "  - apt-get update -qq && apt-get install -qq -y --no-install-recommends jq python3-venv > /dev/null",
            "  - python3 -m venv /tmp/venv",
            "artifacts:",
            f"  paths: [{plan.synthesis.path(ASSEMBLY)}]",
        ],
        ['export PATH="/tmp/venv/bin:$PATH"', *release, *plan.synthesize(test)],
    )


def _diff(plan: ReleasePlan, environment: Environment, ref: GitLabRef) -> str:
    return _job(
        f"diff-{environment.name}",
        [
            "extends: .cdk",
            "stage: diff",
            "variables:",
            f"  AWS_REGION: {environment.region}",
            f"  ROLE_ARN: {plan.diff_role(environment)}",
            "rules:",
            f"  - if: {_rule(ref)}",
            "artifacts:",
            "  paths: [summary.md]",
        ],
        [*_in_root(plan), *plan.diff(environment, "summary.md")],
    )


def _deploy(plan: ReleasePlan, environment: Environment, ref: GitLabRef) -> str:
    return _job(
        f"deploy-{environment.name}",
        [
            "extends: .cdk",
            "stage: deploy",
            f"environment: {environment.name}",
            f"resource_group: {environment.name}",
            "variables:",
            f"  AWS_REGION: {environment.region}",
            f"  ROLE_ARN: {plan.deploy_role(environment)}",
            "rules:",
            f"  - if: {_rule(ref)}",
            *(["    when: manual"] if environment.approval is not None else []),
        ],
        [*_in_root(plan), *plan.deploy(environment)],
    )


def _in_root(plan: ReleasePlan) -> list[str]:
    """Return the command that moves the assembly to where other commands expect it."""
    folder = plan.synthesis.directory
    return [] if folder == "." else [f"mv {plan.synthesis.path(ASSEMBLY)} {ASSEMBLY}"]


def _rule(ref: GitLabRef) -> str:
    variable = "$CI_COMMIT_BRANCH" if ref.type == "branch" else "$CI_COMMIT_TAG"
    if not ref.name.endswith("*"):
        return _quoted(f'{variable} == "{ref.name}"')
    start = "".join(sign if sign.isalnum() or sign in "_-" else f"\\{sign}" for sign in ref.name[:-1])
    return _quoted(f"{variable} =~ /^{start}/")


def _quoted(text: str) -> str:
    """Write text as YAML does: in single quotes."""
    return "'" + text.replace("'", "''") + "'"


def _job(name: str, head: Iterable[str], script: Sequence[str]) -> str:
    lines = [f"{json.dumps(name) if name[0].isdigit() else name}:", *(f"  {line}" for line in head)]
    lines += ["  script:", "    - |", *(f"      {line}".rstrip() for line in ("set -eu", *script))]
    return "\n".join(lines) + "\n"
