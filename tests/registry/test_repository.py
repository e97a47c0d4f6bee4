import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from cdk_containers import ConstructError, Disabled, Repository
from tests.toolkit import REASON, Template, new_stack, opt_outs, properties, resource, resources, statements, synth


def repository_template(**options: Any) -> Template:
    stack = new_stack()
    Repository(stack, "Images", **options)
    return synth(stack)


@pytest.fixture(scope="module")
def default() -> Template:
    return repository_template()


def lifecycle(template: Template) -> list[dict[str, Any]]:
    text = properties(template, "AWS::ECR::Repository")["LifecyclePolicy"]["LifecyclePolicyText"]
    rules: list[dict[str, Any]] = json.loads(text)["rules"]
    return rules


def test_tags_do_not_move_and_images_are_scanned_and_encrypted_with_kms(default: Template):
    repository = properties(default, "AWS::ECR::Repository")
    assert repository["ImageTagMutability"] == "IMMUTABLE"
    assert repository["ImageScanningConfiguration"] == {"ScanOnPush": True}
    assert repository["EncryptionConfiguration"] == {"EncryptionType": "KMS"}


def test_images_stay_when_the_stack_goes(default: Template):
    entry = resource(default, "AWS::ECR::Repository")
    assert entry["DeletionPolicy"] == entry["UpdateReplacePolicy"] == "Retain"
    assert entry["Properties"]["EmptyOnDelete"] is False


def test_old_images_go_those_without_a_tag_first(default: Template):
    untagged, newest = lifecycle(default)
    assert untagged["selection"] == {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countNumber": 7,
        "countUnit": "days",
    }
    assert newest["selection"] == {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 100}
    assert untagged["rulePriority"] < newest["rulePriority"]


def test_the_outputs_are_the_commands_of_this_repository(default: Template):
    [name] = resources(default, "AWS::ECR::Repository")
    commands = {key: json.dumps(output["Value"]) for key, output in default["Outputs"].items()}
    assert len(commands) == 3
    [login] = [command for command in commands.values() if "get-login-password" in command]
    assert "docker login --username AWS --password-stdin" in login
    assert '{"Ref": "AWS::AccountId"}, ".dkr.ecr."' in login
    pushes = [command for command in commands.values() if "docker push" in command or "docker tag" in command]
    assert len(pushes) == 2
    assert all(name in command for command in pushes)


def test_outputs_can_be_left_out():
    assert "Outputs" not in repository_template(outputs=False)


@pytest.mark.parametrize(
    ("option", "practice", "key", "value"),
    [
        ("immutable_tags", "immutable-tags", "ImageTagMutability", "MUTABLE"),
        ("scan_on_push", "scan-on-push", "ImageScanningConfiguration", {"ScanOnPush": False}),
    ],
)
def test_what_can_be_switched_off_with_a_reason(option: str, practice: str, key: str, value: object, default: Template):
    template = repository_template(**{option: Disabled(REASON)})
    assert properties(template, "AWS::ECR::Repository").get(key, "MUTABLE") == value
    assert properties(default, "AWS::ECR::Repository")[key] != value
    assert opt_outs(template) == {"AWS::ECR::Repository": {practice: REASON}}
    assert opt_outs(default) == {}


def test_several_reasons_stand_side_by_side():
    template = repository_template(immutable_tags=Disabled(REASON), scan_on_push=Disabled("scanned by the pipeline"))
    assert opt_outs(template)["AWS::ECR::Repository"] == {
        "immutable-tags": REASON,
        "scan-on-push": "scanned by the pipeline",
    }


def test_a_repository_to_throw_away_is_emptied():
    template = repository_template(removal_policy=cdk.RemovalPolicy.DESTROY)
    entry = resource(template, "AWS::ECR::Repository")
    assert entry["DeletionPolicy"] == "Delete"
    assert entry["UpdateReplacePolicy"] == "Retain", "nobody asked for images to go when the key changes"
    assert entry["Properties"]["EmptyOnDelete"] is True


def test_it_takes_a_key_a_name_and_other_numbers():
    stack = new_stack()
    Repository(
        stack,
        "Images",
        repository_name="shop/web",
        encryption_key=kms.Key(stack, "Key"),
        keep_images=5,
        untagged_days=1,
    )
    template = synth(stack)
    repository = properties(template, "AWS::ECR::Repository")
    assert repository["RepositoryName"] == "shop/web"
    assert "KmsKey" in repository["EncryptionConfiguration"]
    assert [rule["selection"]["countNumber"] for rule in lifecycle(template)] == [1, 5]


def test_grants_are_for_this_repository():
    stack = new_stack()
    images = Repository(stack, "Images")
    reader, writer = (iam.User(stack, name) for name in ("Reader", "Writer"))
    images.grant_pull(reader)
    images.grant_push(writer)
    template = synth(stack)

    def allowed(user: str) -> dict[str, Any]:
        return {action: entry["Resource"] for entry in statements(template, user) for action in _list(entry["Action"])}

    pull, push = allowed("Reader"), allowed("Writer")
    assert {"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"} <= pull.keys()
    assert "ecr:PutImage" not in pull
    assert {"ecr:PutImage", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload"} <= push.keys()
    [name] = resources(template, "AWS::ECR::Repository")
    assert push["ecr:PutImage"] == pull["ecr:BatchGetImage"] == {"Fn::GetAtt": [name, "Arn"]}


def test_a_repository_that_exists():
    stack = new_stack()
    here = Repository.from_attributes(stack, "Here", repository_name="shop/web")
    there = Repository.from_attributes(
        stack,
        "There",
        repository_name="shop/web",
        repository_arn="arn:aws:ecr:eu-west-1:222222222222:repository/shop/web",
    )
    assert stack.resolve(here.repository.repository_name) == "shop/web"
    assert "222222222222" in json.dumps(stack.resolve(there.repository.repository_uri))
    assert not synth(stack).get("Resources")


@pytest.mark.parametrize(
    ("options", "option", "allowed", "practice"),
    [
        ({"keep_images": 0}, "keep_images", "1 or more", "image-lifecycle"),
        ({"untagged_days": 0}, "untagged_days", "1 or more", "image-lifecycle"),
        ({"untagged_days": 1.5}, "untagged_days", "int", None),
        ({"repository_name": ""}, "repository_name", "2–256", None),
        ({"repository_name": "Shop"}, "repository_name", "lowercase", None),
        ({"repository_name": "shop//web"}, "repository_name", "shop/web", None),
        ({"repository_name": "shop__web"}, "repository_name", "shop/web", None),
        ({"repository_name": "é1"}, "repository_name", "shop/web", None),
        ({"immutable_tags": False}, "immutable_tags", "True or Disabled", None),
        ({"scan_on_push": Disabled("")}, "scan_on_push.reason", "a reviewer", None),
        ({"encryption_key": "alias/images"}, "encryption_key", "IKey", None),
    ],
)
def test_wrong_input(options: dict[str, Any], option: str, allowed: str, practice: str | None):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        Repository(stack, "Images", **options)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == (option, practice)
    assert allowed in problem.allowed
    assert raised.value.path == "Shop/Images"
    assert stack.node.try_find_child("Images") is None


def test_numbers_known_only_at_deployment_would_be_lost_in_the_text_of_the_rules():
    stack = new_stack()
    keep = cdk.CfnParameter(stack, "Keep", type="Number")
    with pytest.raises(ConstructError, match="known at synthesis"):
        Repository(stack, "Images", keep_images=keep.value_as_number)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
