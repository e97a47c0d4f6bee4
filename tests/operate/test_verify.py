"""`verify`: what a deployment needs is looked up before it begins, and what is not looked at is never fine."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cdk_containers.operate.verifying import verify as verifying
from tests.cli.command import Shell
from tests.operate import shop
from tests.operate.needed import (
    CERTIFICATE,
    ECR,
    ROLE,
    SECRET,
    assembly,
    cluster,
    index,
    large,
    listener,
    plain,
    task,
    told,
)
from tests.operate.script import ACCOUNT, NOW, REGION, Error, Script, Told

Aws = Callable[[Told], Script]
Resources = Mapping[str, Any]


@pytest.fixture
def look(shell: Shell, aws: Aws, tmp_path: Path) -> Callable[[Resources, Told], list[dict[str, Any]]]:
    """Verify an assembly with some resources, and return what was found."""

    def run(resources: Resources, answers: Told) -> list[dict[str, Any]]:
        assembly(tmp_path, resources)
        aws(answers)
        ran = shell("verify", "--json")
        found = [json.loads(it) for it in ran.out.splitlines()]
        assert ran.code == int(any(it["verdict"] == "fails" for it in found)), ran.err
        return found

    return run


Look = Callable[[Resources, Told], list[dict[str, Any]]]


def test_where_everything_is_there_it_says_so(shell: Shell, aws: Aws, tmp_path: Path):
    resources = {"Web": task(secret=f"{SECRET}:password::"), "Https": listener(), **cluster()}
    assembly(tmp_path, resources)
    script = aws(told())
    ran = shell("verify")
    assert (ran.code, ran.out) == (0, "5 ok, 0 fails, 0 not checked\n")
    assert ran.err == f"checking prerequisites in {ACCOUNT}/{REGION} …\n"
    (asked,) = script.asked("ecr.batch_get_image")
    assert (asked["registryId"], asked["repositoryName"], asked["imageIds"]) == (
        ACCOUNT,
        "shop/web",
        [{"imageTag": "1.2"}],
    )
    assert "application/vnd.oci.image.index.v1+json" in asked["acceptedMediaTypes"]
    assert script.asked("secretsmanager.describe_secret") == [{"SecretId": SECRET}]
    assert script.asked("iam.simulate_principal_policy") == [
        {"PolicySourceArn": ROLE, "ActionNames": ["secretsmanager:GetSecretValue"], "ResourceArns": [SECRET]}
    ]
    found = [json.loads(it) for it in shell("verify", "cdk.out", "--json").out.splitlines()]
    assert [(it["what"], it["name"]) for it in found] == [
        ("image", "shop/web:1.2"),
        ("secret", SECRET),
        ("certificate", "shop.example.com"),
        ("EKS version", "1.36"),
        ("EKS add-on", "coredns v1.13.0-eksbuild.1"),
    ]
    assert {(it["account"], it["region"], it["verdict"]) for it in found} == {(ACCOUNT, REGION, "ok")}


def test_what_is_missing_is_said_with_the_way_out(shell: Shell, aws: Aws, tmp_path: Path):
    assembly(tmp_path, {"Web": task()})
    aws(told({"ecr.batch_get_image": {"images": [], "failures": [{"failureCode": "ImageNotFound"}]}}))
    ran = shell("verify")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "FAILS        image shop/web:1.2 of dev-application/Shop/Web/Task/Definition: the repository has no such image",
        "             push it, or correct its name",
        "0 ok, 1 fails, 0 not checked",
    ]


# ---- images


@pytest.mark.parametrize(
    ("cpu", "answers", "verdict"),
    [
        ("ARM64", index("amd64"), "fails"),
        ("ARM64", index("arm64"), "ok"),
        ("X86_64", index("amd64", "arm64"), "ok"),
        ("X86_64", plain(), "ok"),
        ("ARM64", plain(), "fails"),
    ],
)
def test_an_image_fits_the_architecture_of_its_task(
    look: Look, monkeypatch: pytest.MonkeyPatch, cpu: str, answers: Told, verdict: str
):
    fetched: list[str] = []

    def fetch(url: str) -> bytes:
        fetched.append(url)
        return b'{"architecture": "amd64"}'

    monkeypatch.setattr(verifying, "fetch", fetch)
    (found,) = look({"Web": task(cpu=cpu)}, told(answers))
    assert found["verdict"] == verdict
    assert ("exec format error" in found["says"]) == (verdict == "fails")
    assert fetched == (["https://s3/config"] if "ecr.get_download_url_for_layer" in answers else [])


def test_an_image_whose_configuration_cannot_be_read_is_there_all_the_same(look: Look, monkeypatch: pytest.MonkeyPatch):
    def fetch(_: str) -> bytes:
        raise OSError("no route")

    monkeypatch.setattr(verifying, "fetch", fetch)
    (found,) = look({"Web": task()}, told(plain()))
    assert (found["verdict"], found["says"]) == ("ok", "it exists; its architecture could not be read")


MISSING = {"ecr.batch_get_image": Error("RepositoryNotFoundException", "The repository does not exist")}
PULLED = {
    "ecr.describe_pull_through_cache_rules": {
        "pullThroughCacheRules": [{"ecrRepositoryPrefix": "shop", "upstreamRegistryUrl": "public.ecr.aws"}]
    }
}


@pytest.mark.parametrize(
    ("image", "answers", "verdict", "says"),
    [
        (f"{ECR}/shop/web:1.2", MISSING, "fails", "there is no repository shop/web"),
        (f"{ECR}/shop/web:1.2", {**MISSING, **PULLED}, "not checked", "ECR pulls it through from public.ecr.aws"),
        (
            f"{ECR}/shop/web:1.2",
            {"ecr.batch_get_image": Error("AccessDeniedException")},
            "not checked",
            "access denied",
        ),
        ("public.ecr.aws/nginx/nginx:1.29", {}, "not checked", "it is not in ECR"),
        (f"{ECR}/cdk-hnb659fds-container-assets-1-x:abc", {}, "ok", "`cdk deploy` builds and pushes it"),
        ({"Fn::ImportValue": "image"}, {}, "not checked", "depends on"),
    ],
)
def test_other_images(look: Look, image: Any, answers: Told, verdict: str, says: str):
    (found,) = look({"Web": task(image)}, told(answers))
    assert (found["verdict"], says in found["says"]) == (verdict, True), found


def test_an_image_is_asked_for_once_and_where_it_is(shell: Shell, aws: Aws, tmp_path: Path):
    image = "999999999999.dkr.ecr.us-east-1.amazonaws.com/base@sha256:" + "0" * 64
    assembly(tmp_path, {"Web": task(image), "Other": task(image)})
    script = aws(told())
    assert shell("verify").out == "2 ok, 0 fails, 0 not checked\n"
    (asked,) = script.asked("ecr.batch_get_image")
    assert (asked["registryId"], asked["imageIds"][0]) == ("999999999999", {"imageDigest": "sha256:" + "0" * 64})


def of_repository(tag: str) -> dict[str, Any]:
    """An image as `ContainerImage.from_ecr_repository` writes it."""

    def part(number: int) -> dict[str, Any]:
        return {"Fn::Select": [number, {"Fn::Split": [":", {"Fn::GetAtt": ["Repository", "Arn"]}]}]}

    return {
        "Fn::Join": [
            "",
            [part(4), ".dkr.ecr.", part(3), ".", {"Ref": "AWS::URLSuffix"}, "/", {"Ref": "Repository"}, tag],
        ]
    }


@pytest.mark.parametrize(("tag", "id_"), [(":1.2", {"imageTag": "1.2"}), ("@sha256:ab", {"imageDigest": "sha256:ab"})])
def test_an_image_of_a_repository_of_the_app(shell: Shell, aws: Aws, tmp_path: Path, tag: str, id_: Any):
    assembly(tmp_path, {"Web": task(of_repository(tag)), "Repository": shop.resource("AWS::ECR::Repository", "x/Repo")})
    script = aws(told(shop.found({"Repository": "dev-repo"})))
    assert shell("verify").code == 0
    (asked,) = script.asked("ecr.batch_get_image")
    assert (asked["repositoryName"], asked["imageIds"]) == ("dev-repo", [id_])
    script.told["cloudformation.describe_stack_resources"] = Error("ValidationError", "Stack x does not exist")
    ran = shell("verify")
    assert "its repository Repository is not deployed yet, so it has no image" in ran.out
    assert (ran.code, shell("verify", "--strict").code) == (0, 1)


def test_images_of_manifests_are_looked_up(look: Look):
    manifest = {
        "Fn::Join": ["", ['[{"image": "', {"Ref": "AWS::AccountId"}, f'.dkr.ecr.{REGION}.amazonaws.com/pod:9"}}]']]
    }
    resource = shop.resource("Custom::AWSCDK-EKS-KubernetesResource", "x/Manifest", Manifest=manifest)
    (found,) = look({"Manifest": resource}, told(MISSING))
    assert (found["name"], found["verdict"]) == ("pod:9", "fails")


# ---- secrets


@pytest.mark.parametrize(
    ("secret", "answers", "verdict", "says"),
    [
        (SECRET, {"secretsmanager.describe_secret": Error("ResourceNotFoundException")}, "fails", "no such secret"),
        (SECRET, {"secretsmanager.describe_secret": {"DeletedDate": NOW}}, "fails", "is being deleted"),
        ("/shop/key", {}, "ok", "can read it"),
        (f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/shop/key", {}, "ok", "can read it"),
        ("/shop/other", {"ssm.describe_parameters": {"Parameters": []}}, "fails", "no such parameter"),
        ("arn:aws:ssm:eu-west-1:999999999999:parameter/x", {}, "not checked", "belongs to account 999999999999"),
        ({"Ref": "Login"}, {}, "ok", "this app creates it"),
        ({"Fn::Join": ["", [{"Ref": "Login"}, ":password::"]]}, {}, "ok", "this app creates it"),
        ({"Fn::ImportValue": "login"}, {}, "not checked", "only the deployment sets it"),
        (SECRET, {"secretsmanager.describe_secret": Error("AccessDeniedException")}, "not checked", "access denied"),
        (SECRET, {"iam.simulate_principal_policy": Error("NoSuchEntity")}, "not checked", "does not exist"),
    ],
)
def test_secrets_are_there(look: Look, secret: Any, answers: Told, verdict: str, says: str):
    resources = {"Web": task(secret=secret), "Login": shop.resource("AWS::SecretsManager::Secret", "x/Login")}
    image, found = look(resources, told(answers))
    assert (image["verdict"], found["what"]) == ("ok", "secret")
    assert (found["verdict"], says in found["says"]) == (verdict, True), found


def role(*statements: Mapping[str, Any], **properties: Any) -> dict[str, Any]:
    policies = [{"PolicyName": "x", "PolicyDocument": {"Statement": list(statements)}}]
    return shop.resource("AWS::IAM::Role", "x/Role", Policies=policies, **properties)


def allow(action: str, resource: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k-1"
OWN_KEY = {"secretsmanager.describe_secret": {"ARN": SECRET, "KmsKeyId": KEY}}
READS = allow("secretsmanager:GetSecretValue", SECRET.replace("AbCdEf", "??????"))


@pytest.mark.parametrize(
    ("execution_role", "answers", "verdict", "says"),
    [
        (role(READS), {}, "ok", "can read it"),
        (role(allow("secretsmanager:*", "*")), {}, "ok", "can read it"),
        (
            role(allow("secretsmanager:GetSecretValue", f"{SECRET}x")),
            {},
            "fails",
            "no permission for secretsmanager:GetSecretValue",
        ),
        (role({**READS, "Effect": "Deny"}), {}, "fails", "no permission for secretsmanager:GetSecretValue"),
        (role(), {}, "fails", "no permission for secretsmanager:GetSecretValue"),
        (role(ManagedPolicyArns=["arn:aws:iam::1:policy/own"]), {}, "not checked", "it also has permissions in"),
        (role(READS), OWN_KEY, "fails", f"no permission for kms:Decrypt on {KEY}"),
        (role(READS, allow("kms:Decrypt", KEY)), OWN_KEY, "ok", "can read it"),
    ],
)
def test_the_role_of_the_app_may_read_them(look: Look, execution_role: Any, answers: Told, verdict: str, says: str):
    resources = {"Web": task(secret=SECRET, role={"Fn::GetAtt": ["Role", "Arn"]}), "Role": execution_role}
    _, found = look(resources, told(answers))
    assert (found["verdict"], says in found["says"]) == (verdict, True), found


def test_a_role_that_is_there_is_simulated(look: Look):
    denied = {
        "iam.simulate_principal_policy": {
            "EvaluationResults": [{"EvalActionName": "kms:Decrypt", "EvalDecision": "explicitDeny"}]
        }
    }
    _, found = look({"Web": task(secret=SECRET)}, told(denied))
    assert (found["verdict"], "no permission for secretsmanager:GetSecretValue" in found["says"]) == ("fails", True)
    _, found = look({"Web": task(secret=SECRET, role="")}, told())
    assert (found["verdict"], "has no execution role" in found["says"]) == ("fails", True)


# ---- certificates and EKS


@pytest.mark.parametrize(
    ("certificate", "verdict", "says"),
    [
        ({"Status": "PENDING_VALIDATION"}, "fails", "it waits for validation"),
        ({"Status": "EXPIRED"}, "fails", "its status is EXPIRED"),
        ({"Status": "ISSUED", "NotAfter": NOW + timedelta(days=3)}, "fails", "it expires in 3 days"),
        ({"Status": "ISSUED", "NotAfter": NOW + timedelta(days=90)}, "ok", "issued, valid for 90 more days"),
        (Error("ResourceNotFoundException"), "fails", "there is no such certificate"),
        (Error("AccessDeniedException"), "not checked", "access denied"),
    ],
)
def test_certificates_are_issued(look: Look, certificate: Any, verdict: str, says: str):
    answer = certificate if isinstance(certificate, Error) else {"Certificate": certificate}
    (found,) = look({"Https": listener()}, told({"acm.describe_certificate": answer}))
    assert (found["verdict"], says in found["says"]) == (verdict, True), found
    assert found["where"] == "dev-application/Shop/LoadBalancer/Https"
    other = json.dumps([{"annotations": {"alb.ingress.kubernetes.io/certificate-arn": CERTIFICATE}}])
    manifest = shop.resource("Custom::AWSCDK-EKS-KubernetesResource", "x/Ingress", Manifest=other)
    (found,) = look({"Ingress": manifest}, told({"acm.describe_certificate": answer}))
    assert (found["verdict"], found["where"]) == (verdict, "x/Ingress")


@pytest.mark.parametrize(
    ("versions", "verdict", "says"),
    [
        ([], "fails", "EKS has no such version"),
        ([{"versionStatus": "UNSUPPORTED"}], "fails", "no longer supports it"),
        ([{"versionStatus": "EXTENDED_SUPPORT"}], "ok", "extended support, which costs extra"),
        ([{"versionStatus": "STANDARD_SUPPORT", "endOfStandardSupportDate": NOW}], "ok", "until 2026-11-28"),
    ],
)
def test_eks_has_the_version(look: Look, versions: Any, verdict: str, says: str):
    found, add_on = look(cluster(), told({"eks.describe_cluster_versions": {"clusterVersions": versions}}))
    assert (found["verdict"], says in found["says"], add_on["verdict"]) == (verdict, True, "ok"), found


def test_eks_has_the_add_on_for_the_version(look: Look):
    others = {"eks.describe_addon_versions": {"addons": [{"addonVersions": [{"addonVersion": "v2"}]}]}}
    _, found = look(cluster(), told(others))
    assert (found["verdict"], found["says"]) == (
        "fails",
        "EKS does not have it for version 1.36; the newest is v2",
    )
    _, found = look(cluster(), told({"eks.describe_addon_versions": Error("AccessDeniedException")}))
    assert (found["verdict"], "access denied" in found["says"]) == ("not checked", True)


# ---- quotas

DEFAULT = {"service-quotas.get_service_quota": Error("NoSuchResourceException", "The request failed")}
NOBODY_KNOWS = {"Fn::ImportValue": "count"}


@pytest.mark.parametrize(
    ("tasks", "answers", "verdict", "says"),
    [
        (20, {}, "ok", "20 of 100"),
        (200, {}, "fails", "the stacks need 200, but the quota of the account is 100"),
        (20, DEFAULT, "fails", "the stacks need 20, but the quota of the account is 6"),
        (20, {"service-quotas.get_service_quota": Error("AccessDeniedException")}, "not checked", "access denied"),
        (NOBODY_KNOWS, {}, "not checked", "at least 0 needed"),
    ],
)
def test_quotas_of_the_account_suffice(look: Look, tasks: Any, answers: Told, verdict: str, says: str):
    (found,) = (it for it in look(large(tasks), told(answers)) if it["name"] == "vCPUs on Fargate (fargate-vcpus)")
    assert (found["verdict"], says in found["says"]) == (verdict, True), found
    assert ("fargate/L-3032A538" in found["way"]) == (verdict == "fails")


def test_an_account_is_asked_only_where_a_quota_comes_near(shell: Shell, aws: Aws, tmp_path: Path):
    assembly(tmp_path, large(1))
    script = aws(told())
    assert shell("verify").out == "1 ok, 0 fails, 0 not checked\n"
    assert "service-quotas.get_service_quota" not in script.names
    assembly(tmp_path, large(3))
    assert shell("verify").out == "2 ok, 0 fails, 0 not checked\n"
    assert script.asked("service-quotas.get_service_quota") == [{"ServiceCode": "fargate", "QuotaCode": "L-3032A538"}]


# ---- the assembly


def test_only_some_stacks_and_those_of_other_accounts(shell: Shell, aws: Aws, tmp_path: Path):
    stacks = {"one": {"Web": task()}, "two": {"Web": task(), "Other": task(f"{ECR}/shop/other:1")}}
    shop.assembly(tmp_path / "cdk.out", stacks)
    aws(told())
    assert shell("verify").out == "3 ok, 0 fails, 0 not checked\n"
    assert shell("verify", "--only", "one").out == "1 ok, 0 fails, 0 not checked\n"
    ran = shell("verify", "--only", "three")
    assert (ran.code, "has no stack three" in ran.err, "it has: one, two" in ran.err) == (2, True, True)
    shop.assembly(tmp_path / "cdk.out", stacks, environment="aws://999999999999/eu-west-1")
    ran = shell("verify")
    assert (ran.code, "the stack is in account 999999999999" in ran.err, "--role lookup" in ran.err) == (4, True, True)


def test_stacks_of_other_accounts_are_said_and_the_others_verified(shell: Shell, aws: Aws, tmp_path: Path):
    folder = shop.assembly(tmp_path / "cdk.out", {"one": {"Web": task()}, "two": {"Web": task()}})
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["artifacts"]["two"]["environment"] = "aws://999999999999/eu-west-1"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    aws(told())
    ran = shell("verify")
    assert (ran.code, ran.out) == (0, "1 ok, 0 fails, 0 not checked\n")
    assert (
        "not read: the credentials belong to account 123456789012, but the stack is in account 999999999999" in ran.err
    )
    assert shell("verify", "--strict").code == 1


def test_a_folder_that_is_no_assembly_and_credentials_that_end(shell: Shell, aws: Aws, tmp_path: Path):
    aws(told())
    ran = shell("verify")
    assert (ran.code, "there is no such folder" in ran.err, "cdk synth" in ran.err) == (2, True, True)
    (tmp_path / "cdk.out").mkdir()
    assert shell("verify", "cdk.out").code == 2
    assembly(tmp_path, {"Web": task()})
    aws(told({"sts.get_caller_identity": Error("ExpiredToken", "expired")}))
    ran = shell("verify")
    assert (ran.code, "the credentials have expired" in ran.err) == (4, True)
    aws(told({"ecr.batch_get_image": Error("ExpiredToken", "expired")}))
    assert shell("verify").code == 4, "nothing that follows could be looked at"
    aws(told())
    assert shell("verify", "--read-only").code == 0
