"""Checks of the roles of tasks."""

from __future__ import annotations

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import CannotTell, Malformed, Missing, Resource, Value

from .containers import EXPRESS_SERVICE
from .roles import ROLE, role_of, trust_of, trusts, worst_grant
from .service_parts import TASK_DEFINITION
from .statements import Statement

_WITH_ROLES = (TASK_DEFINITION, EXPRESS_SERVICE)
_EXECUTION_POLICIES = {"AmazonECSTaskExecutionRolePolicy", "AmazonEC2ContainerServiceforEC2Role"}
_WIDE_POLICIES = ("Access", "FullAccess", "ReadWrite", "PowerUser", "_FullAccess", "ReadOnly")
_HARMLESS_POLICIES = {"AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess"}
_OF_EXECUTION = ("ecr", "ecr-public", "kms", "logs", "s3", "secretsmanager", "ssm")
_WITHOUT_RESOURCES = {"ecr:getauthorizationtoken", "ecr-public:getauthorizationtoken", "sts:getservicebearertoken"}
_LIMITED = {
    *("athena", "cassandra", "cloudformation", "cognito-idp", "dax", "dynamodb", "ec2", "ecr", "ecs", "es", "events"),
    *("elasticfilesystem", "firehose", "glue", "iam", "kinesis", "kms", "lambda", "logs", "neptune-db", "rds"),
    *("rds-data", "rds-db", "route53", "s3", "secretsmanager", "ses", "sns", "sqs", "ssm", "states", "sts"),
}
"""Services whose data, or whose calls, a policy limits to named resources."""
_WITHOUT_LIMITS = {"ssmmessages:*", "xray:*"}
"""Services that no policy can limit to resources."""
_LOOKING = ("describe", "get-", "list")
_EXEMPT = {
    *_WITHOUT_RESOURCES,
    *(
        "iam:getaccountsummary",
        "kms:generaterandom",
        "s3:getaccountpublicaccessblock",
        "secretsmanager:getrandompassword",
    ),
    *("sts:decodeauthorizationmessage", "sts:getcalleridentity", "sts:getsessiontoken", "ses:getsendquota"),
}


@check("task-role-per-service", *_WITH_ROLES, fix="Set TaskRoleArn of each task definition to a separate role.")
def task_role_is_its_own(task: Resource) -> Outcome:
    """No two services share a task role."""
    role = task.value("TaskRoleArn")
    if isinstance(role, Missing):
        return ok("it has no task role")
    estate = task.template.estate
    others = [one for one in estate.of_type(*_WITH_ROLES) if one is not task and not _same_family(one, task)]
    sharing = sorted(one.logical_id for one in others if _same_role(one.value("TaskRoleArn"), role, task))
    if sharing:
        return fault(f"{', '.join(sharing)} has the same task role")
    if role_of(role, estate) is None:
        raise CannotTell("its task role is in another stack, and other tasks may use it")
    return ok("it has its own task role")


def _same_family(one: Resource, other: Resource) -> bool:
    family = one.value("Family")
    return isinstance(family, str) and isinstance(other.value("Family"), str) and family == other.value("Family")


def _same_role(one: Value, other: Value, task: Resource) -> bool:
    if isinstance(one, Missing):
        return False
    try:
        if one == other:
            return True
    except CannotTell:
        pass
    try:
        roles = [role_of(value, task.template.estate) for value in (one, other)]
    except CannotTell:
        return False
    return roles[0] is not None and roles[0] is roles[1]


@check(
    "task-role-trust",
    ROLE,
    fix="Add a Condition on aws:SourceAccount, and on aws:SourceArn, to the statement that trusts ecs-tasks.",
)
def trust_has_a_condition(role: Resource) -> Outcome | None:
    """Only tasks of this account can assume the role."""
    if not tasks_with(role, "TaskRoleArn") or (not trusts(role, "ecs-tasks") and not _trusts_everybody(role)):
        return None
    return worst(_trust, trust_of(role))


def _trust(statement: Statement) -> Outcome | None:
    if not statement.allows:
        return None
    keys = [key.lower() for operator in statement.source.map("Condition") for key in _keys(statement, operator)]
    limited = any(key.startswith(("aws:source", "aws:principalorg")) for key in keys)
    if "*" in (*statement.principals("AWS"), *statement.principals("Service")):
        return ok("a condition limits who can assume it") if limited else fault("everyone can assume it")
    if not any(one.startswith("ecs-tasks.") for one in statement.principals("Service")):
        return None
    if limited:
        return ok("only tasks of this account can assume it")
    return fault("it trusts ecs-tasks.amazonaws.com for every account")


def _keys(statement: Statement, operator: str) -> list[str]:
    return list(statement.source.map("Condition", operator))


def _trusts_everybody(role: Resource) -> bool:
    return any("*" in one.principals("AWS") for one in trust_of(role) if one.allows)


@check("task-role-least-privilege", ROLE, fix="Name the actions and the resources that the application uses.")
def task_role_is_limited(role: Resource) -> Outcome | None:
    """An attacker in the application gets only the permissions that it needs."""
    if not tasks_with(role, "TaskRoleArn"):
        return None
    if tasks_with(role, "ExecutionRoleArn"):
        return fault(
            "it is also an execution role, so the application can pull images and read secrets",
            fix="Set TaskRoleArn to a role other than ExecutionRoleArn.",
        )
    return worst_grant(role, _task_statement, _task_policy) or ok("it may do nothing")


def _task_policy(name: str) -> Outcome:
    if name.endswith(_WIDE_POLICIES) and name not in _HARMLESS_POLICIES:
        return fault(f"{name} grants more than one application needs")
    return ok("its AWS managed policy has a single purpose")


def _task_statement(statement: Statement) -> Outcome:
    wide = sorted({one for one in statement.actions if one == "*" or one.endswith(":*")} - _WITHOUT_LIMITS)
    if "*" in wide:
        return fault(f"{statement.policy} allows every action")
    if not _without_limit(statement, [one for one in statement.actions if _needs_limit(one)] or wide):
        return ok("it is limited to named resources")
    if wide:
        return fault(f"{statement.policy} allows {', '.join(wide)} on everything")
    named = sorted(one for one in statement.actions if _needs_limit(one))
    return fault(f"{statement.policy} allows {', '.join(named[:3])} on everything") if named else ok()


def _needs_limit(action: str) -> bool:
    service, _, verb = action.lower().partition(":")
    return service in _LIMITED and not verb.startswith(_LOOKING) and action.lower() not in _EXEMPT


def _without_limit(statement: Statement, actions: list[str]) -> bool:
    return bool(actions) and not statement.has_condition and statement.on_everything


@check(
    "least-privilege-execution-role",
    ROLE,
    fix="Allow only the repositories, secrets and log groups of the task, by ARN.",
)
def execution_role_is_limited(role: Resource) -> Outcome | None:
    """ECS needs the images, the secrets and the log groups of one task."""
    if not tasks_with(role, "ExecutionRoleArn"):
        return None
    return worst_grant(role, _execution_statement, _execution_policy)


def _execution_policy(name: str) -> Outcome:
    if name in _EXECUTION_POLICIES:
        return fault(f"{name} can read every repository and write to every log group")
    return fault(f"{name} gives ECS more than it needs to start the task")


def _execution_statement(statement: Statement) -> Outcome:
    actions = [one for one in statement.actions if one.lower() not in _WITHOUT_RESOURCES]
    if any(one == "*" for one in actions):
        return fault(f"{statement.policy} allows every action")
    foreign = sorted(one for one in actions if not one.lower().startswith(tuple(f"{it}:" for it in _OF_EXECUTION)))
    if foreign and not statement.has_condition and statement.on_everything:
        return fault(f"{statement.policy} allows {foreign[0]}, which starting a task does not need")
    limited = [one for one in actions if one not in foreign]
    if limited and not statement.has_condition and statement.on_everything:
        return fault(f"{statement.policy} allows {', '.join(sorted(limited)[:3])} on everything")
    return ok("it is limited to named repositories, secrets and log groups")


def tasks_with(role: Resource, key: str) -> list[Resource]:
    """Return the task definitions that have a role under a key."""
    tasks = role.template.estate.mentioning(role, *_WITH_ROLES)
    if role.has("RoleName"):
        tasks += [one for one in role.template.estate.of_type(*_WITH_ROLES) if one not in tasks]
    return [task for task in tasks if task.exists and _is_role_of(task, key, role)]


def _is_role_of(task: Resource, key: str, role: Resource) -> bool:
    value = task.value(key)
    try:
        return not isinstance(value, Missing) and role_of(value, role.template.estate) is role
    except (CannotTell, Malformed):
        return False
