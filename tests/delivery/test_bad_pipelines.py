"""Wrong input to a pipeline: one error with everything that is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_containers import (
    Approval,
    ConstructError,
    DeploymentWindow,
    Environment,
    ImageBuild,
    ImageSigning,
    Pipeline,
    Release,
    Repository,
    ScanGate,
    SmokeTest,
    Source,
    Synthesis,
    Wave,
)

from .pipelines import CONNECTION, DIGEST, environment, made, options, release, repository, shop, tools_stack


def refused(**changes: Any) -> dict[str, str]:
    """Return what is wrong, by option."""
    stack = tools_stack()
    given = options(stack) | changes
    if callable(given["images"]):
        given["images"] = given["images"](stack)
    with pytest.raises(ConstructError) as error:
        Pipeline(stack, "Pipeline", **given)
    assert error.value.path == "Tools/Pipeline"
    return {problem.option: problem.what for problem in error.value.problems}


def test_everything_is_said_at_once():
    found = refused(
        source=Source.connection("arn", "shop", branches=["main", "!main"]),
        images=[],
        environments=[Environment(name="dev"), environment("dev", approval=Approval(email_addresses=[]))],
        scan_gate=ScanGate(critical=None),
        synthesis=Synthesis(cli_version="2"),
    )
    assert found.keys() == {
        "source.connection_arn",
        "source.repository",
        "source.branches",
        "images",
        "environments",
        "environments[0].account",
        "environments[0].region",
        "environments[1].approval.email_addresses",
        "scan_gate.critical",
        "synthesis.cli_version",
    }
    assert found["environments"] == "two environments have the same name, so one would replace the other"
    assert found["source.branches"] == "the filter excludes everything, so nothing would start the pipeline"
    assert found["environments[1].approval.email_addresses"] == "without an address no one can approve"


def test_two_images_of_one_name_are_refused():
    def twice(stack: cdk.Stack) -> list[ImageBuild]:
        return [ImageBuild(name="web", repository=repository(stack)) for _ in range(2)]

    assert refused(images=twice) == {"images[1].name": "another image already has this name"}


@pytest.mark.parametrize(
    ("patterns", "matches"),
    [
        (["main", "!main"], False),
        (["release/*", "!release/*"], False),
        (["release/1.*", "!release/*"], False),
        (["release/1", "main", "!**"], False),
        (["!*"], False),
        (["a/b", "!a/**"], False),
        (["main", "!*"], False),
        (["release/*", "!release/old"], True),
        (["release/*", "!main"], True),
        (["a/b", "!*"], True),
        (["a/b/c", "!a/*"], True),
        (["!docs"], True),
        (["**", "!docs/**"], True),
    ],
)
def test_a_filter_that_matches_nothing_is_refused(patterns: list[str], *, matches: bool):
    for option in ("branches", "tags"):
        problems = Source.connection(CONNECTION, "example/shop", **{option: patterns}).problems()
        assert [problem.option for problem in problems] == ([] if matches else [option])


@pytest.mark.parametrize(
    ("source", "option"),
    [
        ({"branch": "release/*"}, "branch"),
        ({"branches": [""]}, "branches[0]"),
        ({"branches": [str(number) for number in range(9)]}, "branches"),
        ({"tags": ["v*"], "paths": ["web/**"]}, "paths"),
    ],
)
def test_a_source_that_codepipeline_refuses(source: dict[str, Any], option: str):
    problems = Source.connection(CONNECTION, "example/shop", **source).problems()
    assert [problem.option for problem in problems] == [option]


@pytest.mark.parametrize(
    ("image", "option"),
    [
        ({"name": "Web"}, "name"),
        ({"directory": "/web"}, "directory"),
        ({"dockerfile": "../Dockerfile"}, "dockerfile"),
        ({"build_args": {"AWS_SECRET_ACCESS_KEY": "x"}}, "build_args['AWS_SECRET_ACCESS_KEY']"),
    ],
)
def test_an_image_that_cannot_be_built(image: dict[str, Any], option: str):
    given = {"name": "web", "repository": repository(tools_stack())} | image
    assert [problem.option for problem in ImageBuild(**given).problems()] == [option]


def test_a_repository_has_a_name_that_other_accounts_can_say():
    found = refused(images=lambda stack: [ImageBuild(name="web", repository=Repository(stack, "Unnamed"))])
    assert found == {
        "images[0].repository": "its name is known only at deployment, but stacks in other accounts must refer to it"
    }


def test_a_repository_is_where_the_pipeline_builds():
    arn = "arn:aws:ecr:us-east-1:123456789012:repository/shop/web"

    def elsewhere(stack: cdk.Stack) -> list[ImageBuild]:
        imported = Repository.from_attributes(stack, "Far", repository_name="shop/web", repository_arn=arn)
        return [ImageBuild(name="web", repository=imported)]

    assert refused(images=elsewhere) == {"images[0].repository": "not in the account and region of the pipeline"}


def test_a_repository_that_is_imported_here_is_pushed_to():
    stack = tools_stack()
    imported = Repository.from_attributes(stack, "Near", repository_name="shop/web")
    Pipeline(stack, "Pipeline", **options(stack) | {"images": [ImageBuild(name="web", repository=imported)]})
    assert made(stack).variables("Build", "Image-web")["REPOSITORY_NAME"] == "shop/web"


def test_a_window_has_hours_days_and_a_zone():
    window = DeploymentWindow(hours="17-9", days="MO-FR", time_zone="Berlin")
    assert [problem.option for problem in window.problems()] == ["hours", "days", "time_zone"]
    assert DeploymentWindow(hours="9-10", days="TUE").cron == "* * 9 ? * TUE *"


def test_waves_have_names_that_differ_and_environments():
    found = refused(
        environments=[
            Wave(environments=[]),
            Wave(environments=[environment("a"), environment("b")]),
            Wave(name="x", environments=[environment("c")]),
            Wave(name="Build", environments=[environment("d"), environment("e")], before=["step"]),
            Wave(environments=[environment("f")], smoke_tests=[SmokeTest(commands=[" "])]),
        ]
    )
    assert found.keys() == {
        "environments",
        "environments[0].environments",
        "environments[1].name",
        "environments[2].name",
        "environments[3].before",
        "environments[4].smoke_tests[0].commands",
    }


def test_the_pipeline_has_an_account_and_a_region():
    stack = cdk.Stack(cdk.App(), "Tools")
    with pytest.raises(ConstructError) as error:
        Pipeline(stack, "Pipeline", **options(stack))
    assert [problem.option for problem in error.value.problems] == ["scope", "scope"]


def test_the_release_has_the_images_of_the_pipeline():
    assert refused(release=release(other=DIGEST)) == {"release": "images of the pipeline are missing"}


def test_an_application_without_stacks_is_refused():
    found = refused(application=lambda *_: None)
    assert found == {"application": "it adds no stack to dev"}


def test_a_stack_that_goes_to_another_account_is_refused():
    def elsewhere(stage: cdk.Stage, *_: object) -> None:
        cdk.Stack(stage, "Shop", env=cdk.Environment(account="123456789012", region="eu-west-1"))

    assert refused(application=elsewhere)["application"].endswith("is not that of dev")


def test_an_image_for_another_processor_is_refused():
    def on_arm(stage: cdk.Stage, environment: Environment, release: Release) -> None:
        shop(stage, environment, release, runtime_platform={"cpuArchitecture": "ARM64"})

    assert refused(application=on_arm) == {
        "application": "Tools/Pipeline/dev/Shop/Web runs the image web, which is built for another CPU architecture"
    }


def test_a_smoke_test_names_an_output_that_there_is():
    wave = Wave(environments=[environment("dev")], smoke_tests=[SmokeTest.http("Url")])
    found = refused(environments=[wave])
    assert found == {
        "smoke_tests.outputs['SMOKE_TEST_URL']": "dev has 0 outputs with this id, but the test needs exactly one"
    }


@pytest.mark.parametrize(
    "document",
    [
        "no JSON",
        "[]",
        "{}",
        json.dumps({"images": {"web": {}}}),
        json.dumps({"images": {"web": {"repository_arn": "a", "digest": "latest"}}}),
    ],
)
def test_a_file_that_is_no_release_is_refused(document: str, tmp_path: Path):
    path = tmp_path / "release.json"
    path.write_text(document)
    with pytest.raises(ConstructError, match="release"):
        Release.from_file(path)


def test_a_release_has_the_images_that_are_asked_for():
    with pytest.raises(ConstructError, match="the release has no image with this name"):
        release().image(tools_stack(), "other")


def test_signing_needs_names():
    with pytest.raises(ConstructError) as error:
        ImageSigning(tools_stack(), "Signing", repositories=["Shop/*", ""])
    assert [problem.option for problem in error.value.problems] == ["repositories[0]", "repositories[1]"]
