"""The shape of a pipeline: its stages and actions, what starts them, what stops them, and what they may do."""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import pipelines

from cdk_containers import Disabled, ImageBuild, Logs, Pipeline, ReleasedImage, ScanGate, Synthesis, Wave
from tests.iam.evaluation import arn_of, who_can, who_surely_can
from tests.toolkit import REASON, opt_outs, resources

from .pipelines import (
    CONNECTION,
    DIGEST,
    OTHER_REGION,
    PROD,
    REGION,
    TOOLS,
    Made,
    environment,
    made,
    options,
    repository,
    tools_stack,
    whole,
    whole_pipeline,
)


@pytest.fixture(scope="module")
def shop() -> Made:
    return whole_pipeline()


def pipeline(**changes: object) -> Made:
    stack = tools_stack()
    Pipeline(stack, "Pipeline", **options(stack) | changes)  # type: ignore[arg-type]
    return made(stack)


def orders(made_: Made, stage: str) -> dict[str, int]:
    return {action["Name"]: action["RunOrder"] for action in made_.stages[stage]["Actions"]}


# ---- stages and actions


def test_stages_come_in_the_order_of_the_environments(shop: Made):
    assert list(shop.stages) == ["Source", "Build", "UpdatePipeline", "dev", "Approve-prod", "prod"]


def test_images_are_built_and_scanned_before_synthesis(shop: Made):
    assert orders(shop, "Build") == {"Image-web": 1, "ScanGate": 2, "Synth": 3}
    gate, synth = shop.action("Build", "ScanGate"), shop.action("Build", "Synth")
    (image,) = shop.action("Build", "Image-web")["OutputArtifacts"]
    assert image in gate["InputArtifacts"]
    assert gate["OutputArtifacts"][0] in synth["InputArtifacts"]


def test_regions_are_deployed_side_by_side_and_tested_after_it(shop: Made):
    assert orders(shop, "prod") == {
        "prod-eu.Shop.Deploy": 1,
        "prod-us.Shop.Deploy": 1,
        "prod-eu.SmokeTest": 2,
        "prod-us.SmokeTest": 2,
    }
    assert "Region" not in shop.action("prod", "prod-eu.Shop.Deploy")
    assert shop.action("prod", "prod-us.Shop.Deploy")["Region"] == OTHER_REGION


def test_cloudformation_deploys_and_nothing_past_it(shop: Made):
    deploying = [
        action["ActionTypeId"]["Provider"]
        for stage in shop.pipeline["Stages"]
        for action in stage["Actions"]
        if action["ActionTypeId"]["Category"] == "Deploy"
    ]
    assert deploying == ["CloudFormation"] * 3
    role = shop.action("prod", "prod-us.Shop.Deploy")["Configuration"]["RoleArn"]
    assert role == {
        "Fn::Sub": f"arn:${{AWS::Partition}}:iam::{PROD}:role/cdk-hnb659fds-cfn-exec-role-{PROD}-{OTHER_REGION}"
    }


def test_runs_queue_and_the_type_is_written_out(shop: Made):
    assert (shop.pipeline["PipelineType"], shop.pipeline["ExecutionMode"]) == ("V2", "QUEUED")


# ---- what starts it


def test_pushes_start_it_by_branch_path_and_tag(shop: Made):
    (trigger,) = shop.pipeline["Triggers"]
    assert trigger["GitConfiguration"] == {
        "SourceActionName": "Source",
        "Push": [
            {
                "Branches": {"Includes": ["main", "release/**"]},
                "FilePaths": {"Includes": ["web/**"], "Excludes": ["**/*.md"]},
            },
            {"Tags": {"Includes": ["v*"]}},
        ],
    }
    configuration = shop.action("Source", "Source")["Configuration"]
    assert configuration["DetectChanges"] is False, "it would start twice"
    assert (configuration["BranchName"], configuration["FullRepositoryId"]) == ("main", "example/shop")


@pytest.mark.parametrize("action", ["codeconnections:UseConnection", "codestar-connections:UseConnection"])
def test_only_the_source_uses_the_connection(shop: Made, action: str):
    can = who_surely_can(shop.template, action, CONNECTION)
    assert len(can) == 1
    assert "Source" in next(iter(can))
    assert who_can(shop.template, action, CONNECTION) == can


# ---- one assembly


def test_every_environment_has_the_digest_of_the_release_and_no_asset(shop: Made):
    for name in ("dev", "prod-eu", "prod-us"):
        assert f"shop/web@{DIGEST}" in shop.deployed(name)
    assert "Assets" not in shop.stages


def test_environments_differ_in_what_they_say_and_in_nothing_else(shop: Made):
    def neutral(name: str) -> str:
        return shop.deployed(name).replace(name, "NAME")

    assert neutral("dev") == neutral("prod-eu") == neutral("prod-us")
    assert shop.deployed("dev") != shop.deployed("prod-eu")


def test_synthesis_gives_the_same_bytes_twice(shop: Made, tmp_path: Path):
    whole(str(tmp_path))
    files = sorted(path.relative_to(shop.folder) for path in shop.folder.rglob("*") if path.is_file())
    assert len(files) > 8
    assert [file for file in files if (shop.folder / file).read_bytes() != (tmp_path / file).read_bytes()] == []


def test_without_a_release_the_pipeline_can_be_deployed_and_a_warning_says_what_cannot(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    stack = tools_stack()
    first = Pipeline(stack, "Pipeline", **options(stack) | {"release": None})
    assert not first.release.is_built
    found = made(stack)
    assert "@sha256:" + "0" * 64 in found.deployed("dev")
    assert "No image was built yet" in (found.folder / "manifest.json").read_text() + "".join(
        path.read_text() for path in found.folder.rglob("*.metadata.json")
    )


def test_the_release_on_disk_is_what_is_deployed(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arn = f"arn:aws:ecr:{REGION}:{TOOLS}:repository/shop/web"
    document = {"commit": "c", "images": {"web": {"repository_arn": arn, "digest": DIGEST, "architecture": "X86_64"}}}
    (tmp_path / "release").mkdir()
    (tmp_path / "release/release.json").write_text(json.dumps(document))
    stack = tools_stack()
    read = Pipeline(stack, "Pipeline", **options(stack) | {"release": None}).release
    assert (read.commit, read.images["web"]) == ("c", ReleasedImage(repository_arn=arn, digest=DIGEST))


# ---- what stops it


def test_a_window_opens_the_stage(shop: Made):
    (condition,) = shop.stages["prod"]["BeforeEntry"]["Conditions"]
    (rule,) = condition["Rules"]
    assert rule["RuleTypeId"]["Provider"] == "DeploymentWindow"
    assert rule["Configuration"] == {"Cron": "* * 9-15 ? * MON-THU *", "TimeZone": "Europe/Berlin"}
    assert "BeforeEntry" not in shop.stages["dev"]


def test_stages_that_fail_are_rolled_back_without_asking_again(shop: Made):
    rolled = {name for name, stage in shop.stages.items() if stage.get("OnFailure") == {"Result": "ROLLBACK"}}
    assert rolled == {"dev", "prod"}
    providers = [action["ActionTypeId"]["Category"] for action in shop.stages["prod"]["Actions"]]
    assert "Approval" not in providers
    assert "Deploy" in providers


def test_rollback_is_switched_off_with_a_reason():
    found = pipeline(environments=[Wave(environments=[environment("dev")], rollback=Disabled(REASON))])
    assert "OnFailure" not in found.stages["dev"]
    assert opt_outs(found.template)["AWS::CodePipeline::Pipeline"] == {"stage-rollback": REASON}


def test_the_question_says_what_changes(shop: Made):
    assert orders(shop, "Approve-prod") == {"Changes": 1, "Approve": 2}
    question = shop.action("Approve-prod", "Approve")
    said = question["Configuration"]["CustomData"]
    assert said.startswith("Freeze in May? Deploy commit #{Build@ScanGate.COMMIT} to prod-eu, prod-us?")
    for variable in ("Approve-prod@Changes.CHANGES", "Approve-prod@Changes.NOTES", "Approve-prod@Changes.LOG"):
        assert f"#{{{variable}}}" in said
    for variable in ("Build@ScanGate.DIGESTS", "Build@ScanGate.FINDINGS"):
        assert f"#{{{variable}}}" in said
    assert "rollback of the stage prod" in said
    assert question["Configuration"]["ExternalEntityLink"] == "#{Approve-prod@Changes.LOG}"
    assert question["TimeoutInMinutes"] == 7 * 24 * 60
    assert len(said) < 1000


def test_the_question_goes_to_those_who_were_named_by_an_encrypted_topic(shop: Made):
    (subscription,) = resources(shop.template, "AWS::SNS::Subscription").values()
    assert subscription["Properties"]["Endpoint"] == "lead@example.com"
    (topic,) = resources(shop.template, "AWS::SNS::Topic").values()
    assert "KmsMasterKeyId" in topic["Properties"]


def test_what_reports_variables_exports_them(shop: Made):
    assert set(shop.build_spec("Build", "ScanGate")["env"]["exported-variables"]) == {"COMMIT", "DIGESTS", "FINDINGS"}
    assert set(shop.build_spec("Approve-prod", "Changes")["env"]["exported-variables"]) == {"CHANGES", "NOTES", "LOG"}


def test_the_gate_gets_its_thresholds(shop: Made):
    settings = json.loads(shop.variables("Build", "ScanGate")["SCAN_GATE"])
    assert settings["thresholds"] == {"CRITICAL": 0, "HIGH": 0}
    assert settings["directories"] == ["images/web"]
    found = pipeline(scan_gate=ScanGate(critical=0, high=2, medium=10))
    assert json.loads(found.variables("Build", "ScanGate")["SCAN_GATE"])["thresholds"] == {
        "CRITICAL": 0,
        "HIGH": 2,
        "MEDIUM": 10,
    }


def test_the_gate_is_switched_off_with_a_reason():
    stack = tools_stack()
    image = ImageBuild(name="web", repository=repository(stack), scan=Disabled(REASON))
    Pipeline(stack, "Pipeline", **options(stack) | {"images": [image], "scan_gate": Disabled("another reason to read")})
    found = made(stack)
    assert json.loads(found.variables("Build", "ScanGate")["SCAN_GATE"])["unscanned"] == ["web"]
    assert opt_outs(found.template) == {
        "AWS::CodePipeline::Pipeline": {"scan-gate": "another reason to read"},
        "AWS::CodeBuild::Project": {"scan-gate": REASON},
    }


# ---- builds


def test_variables_have_values(shop: Made):
    for entry in resources(shop.template, "AWS::CodeBuild::Project").values():
        given = entry["Properties"]["Environment"].get("EnvironmentVariables", [])
        assert [variable["Name"] for variable in given if variable["Value"] == ""] == []
    assert shop.variables("Build", "Image-web")["TARGET"] == "runtime"
    assert "TARGET" not in pipeline().variables("Build", "Image-web")


def test_images_are_built_on_a_docker_server_without_privileges(shop: Made):
    machine = shop.project("Build", "Image-web")["Environment"]
    assert machine["PrivilegedMode"] is False
    assert machine["DockerServer"] == {"ComputeType": "BUILD_GENERAL1_SMALL"}
    assert machine["Type"] == "LINUX_CONTAINER"
    assert "DockerServer" not in shop.project("Build", "Synth")["Environment"]


def test_an_image_for_arm_is_built_on_arm():
    stack = tools_stack()
    image = ImageBuild(name="web", repository=repository(stack), architecture="ARM64")
    Pipeline(stack, "Pipeline", **options(stack) | {"images": [image]})
    found = made(stack)
    assert found.project("Build", "Image-web")["Environment"]["Type"] == "ARM_CONTAINER"
    assert found.variables("Build", "Image-web")["PLATFORM"] == "linux/arm64"


def test_every_tool_has_a_version(shop: Made):
    commands = "\n".join(
        command
        for entry in resources(shop.template, "AWS::CodeBuild::Project").values()
        for phase in json.loads(entry["Properties"]["Source"]["BuildSpec"])["phases"].values()
        for command in phase.get("commands", [])
    )
    assert commands.count(f"npm install -g aws-cdk@{Synthesis().cli_version}") == 3
    assert "@latest" not in commands
    assert "aws-cdk@2\n" not in commands


def test_every_build_writes_to_the_log_group_and_knows_its_place(shop: Made):
    projects = resources(shop.template, "AWS::CodeBuild::Project")
    logs = [entry["Properties"]["LogsConfig"]["CloudWatchLogs"] for entry in projects.values()]
    assert len({json.dumps(it["GroupName"]) for it in logs}) == 1
    assert len({it["StreamName"] for it in logs}) == len(projects)
    (group,) = resources(shop.template, "AWS::Logs::LogGroup").values()
    assert group["Properties"]["RetentionInDays"] == 365
    assert "KmsKeyId" in group["Properties"]


def test_every_build_has_a_role_of_its_own(shop: Made):
    roles = [
        json.dumps(entry["Properties"]["ServiceRole"])
        for entry in resources(shop.template, "AWS::CodeBuild::Project").values()
    ]
    assert len(set(roles)) == len(roles) == 7


def test_logs_are_as_they_are_asked_for():
    found = pipeline(logs=Logs(retention=cdk.aws_logs.RetentionDays.ONE_MONTH))
    (group,) = resources(found.template, "AWS::Logs::LogGroup").values()
    assert group["Properties"]["RetentionInDays"] == 30
    assert "KmsKeyId" not in group["Properties"]


def test_more_steps_run_before_and_after():
    wave = Wave(
        environments=[environment("dev")],
        before=[pipelines.ShellStep("Migrate", commands=["./migrate.sh"])],
        after=[pipelines.ShellStep("Tell", commands=["./tell.sh"])],
    )
    assert orders(pipeline(environments=[wave]), "dev") == {"Migrate": 1, "Shop.Deploy": 2, "Tell": 3}


# ---- artifacts


@pytest.mark.parametrize("name", ["Tools", "support"])
def test_artifacts_are_encrypted_versioned_logged_and_forgotten(shop: Made, name: str):
    template = (
        shop.template
        if name == "Tools"
        else json.loads(next(shop.folder.glob("cross-region*.template.json")).read_text())
    )
    buckets = [entry["Properties"] for entry in resources(template, "AWS::S3::Bucket").values()]
    (bucket,) = [it for it in buckets if "LoggingConfiguration" in it]
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 180
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    policies = json.dumps([entry["Properties"] for entry in resources(template, "AWS::S3::BucketPolicy").values()])
    assert "logging.s3.amazonaws.com" in policies
    kinds = [resources(template, f"AWS::S3::{kind}").values() for kind in ("Bucket", "BucketPolicy")]
    assert [{entry["DeletionPolicy"] for entry in entries} for entries in kinds] == [{"Retain"}] * 2


def test_every_store_of_artifacts_has_a_key(shop: Made):
    stores = {it["Region"]: it["ArtifactStore"] for it in shop.pipeline["ArtifactStores"]}
    assert set(stores) == {REGION, OTHER_REGION}
    assert all(store["EncryptionKey"]["Type"] == "KMS" for store in stores.values())


# ---- who may do what


def who_writes(shop: Made, artifact: str) -> set[str]:
    """Name the roles that can write an object as CodePipeline names those of an artifact."""
    (bucket,) = [name for name in resources(shop.template, "AWS::S3::Bucket") if "Artifacts" in name]
    return who_can(shop.template, "s3:PutObject", f"{arn_of(shop.template, bucket)}/Tools-Pipeline/{artifact[:10]}/Ab1")


def test_a_build_cannot_replace_what_is_deployed(shop: Made):
    assert any("ImagewebRole" in name for name in who_writes(shop, "Image_web_Output"))
    assert not any("ImagewebRole" in name for name in who_writes(shop, "Synth_Output"))
    assert not any("ImagewebRole" in name for name in who_writes(shop, "ScanGate_Output"))
    assert any("SynthRole" in name for name in who_writes(shop, "Synth_Output"))
    assert not any("SynthRole" in name for name in who_writes(shop, "ScanGate_Output"))


@pytest.mark.parametrize("role", ["deploy", "cfn-exec", "file-publishing", "image-publishing"])
@pytest.mark.parametrize("account", ["111111111111", PROD])
def test_no_build_takes_a_role_that_deploys(shop: Made, role: str, account: str):
    arn = f"arn:aws:iam::{account}:role/cdk-hnb659fds-{role}-role-{account}-{REGION}"
    can = who_can(shop.template, "sts:AssumeRole", arn)
    assert {name for name in can if "DeliveryPipelineRole" not in name} == set()
    if role == "deploy":
        assert len(can) == 1, "the pipeline itself deploys"


def test_what_tells_of_changes_may_read_and_nothing_else(shop: Made):
    arn = f"arn:aws:iam::{PROD}:role/cdk-hnb659fds-lookup-role-{PROD}-{REGION}"
    can = who_can(shop.template, "sts:AssumeRole", arn)
    assert len(can) == 1
    assert "ChangesprodRole" in next(iter(can))


def test_only_the_build_of_an_image_pushes_and_signs_it(shop: Made):
    (images,) = resources(shop.template, "AWS::ECR::Repository")
    can = who_surely_can(shop.template, "ecr:PutImage", arn_of(shop.template, images))
    assert len(can) == 1
    assert "ImagewebRole" in next(iter(can))
    assert who_can(shop.template, "ecr:PutImage", arn_of(shop.template, images)) == can
    (profile,) = resources(shop.template, "AWS::Signer::SigningProfile")
    assert who_can(shop.template, "signer:SignPayload", arn_of(shop.template, profile)) == can


def test_the_accounts_of_the_environments_pull(shop: Made):
    (images,) = resources(shop.template, "AWS::ECR::Repository").values()
    policy = json.dumps(images["Properties"]["RepositoryPolicyText"])
    assert "111111111111:root" in policy
    assert f"{PROD}:root" in policy
    assert "ecr:PutImage" not in policy
    assert "ecr:BatchGetImage" in policy


# ---- signatures


def test_the_registry_signs_what_the_filters_name(shop: Made):
    (configuration,) = resources(shop.template, "AWS::ECR::SigningConfiguration").values()
    (rule,) = configuration["Properties"]["Rules"]
    assert rule["RepositoryFilters"] == [{"Filter": "shop/*", "FilterType": "WILDCARD_MATCH"}]
    (profile,) = resources(shop.template, "AWS::Signer::SigningProfile").values()
    assert profile["Properties"]["PlatformId"] == "Notation-OCI-SHA384-ECDSA"
