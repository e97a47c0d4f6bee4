"""Secrets and parameters: whether they exist, and whether the execution role can read them."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from cdk_containers.checks.live.refused import Refused
from cdk_containers.checks.rules.containers import known_containers_of
from cdk_containers.checks.rules.roles import grants_of
from cdk_containers.checks.templates import CannotTell, Malformed, Map, Missing, Resource, Value, references_in
from cdk_containers.core.frozen import frozen

from ..api import Api
from .found import Found, Verdict, unless_signed_out
from .place import Place

_TASK = "AWS::ECS::TaskDefinition"
_PARTS_OF_SECRET = 7
"""Number of parts in the ARN of a secret. A JSON key, a stage and a version can follow."""
_ANY_SUFFIX = "-??????"
_AWS_KEYS = ("", "alias/aws/secretsmanager", "alias/aws/ssm")


@frozen
class Secret:
    """An existing secret or parameter.

    Attributes:
        arn: Its ARN.
        action: IAM action that reads it.
        key: KMS key that encrypts it; empty for a key that AWS manages.
    """

    arn: str
    action: str
    key: str = ""


class SecretVerifier:
    """Looks up secrets and parameters, each once, and checks whether roles can read them."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._known: dict[str, Secret | str] = {}

    def found(self) -> Iterator[Found]:
        """Yield the result for each secret of each container."""
        for task in self._place.resources(_TASK):
            values: list[Value] = []
            for container in known_containers_of(task):
                values += _values_of(container.source)
            for value in {repr(it): it for it in values}.values():
                yield self._look(value, task)

    def _look(self, value: Value, task: Resource) -> Found:
        where = task.construct_path or task.logical_id
        if not isinstance(value, str):
            made = next((it.resource for it in references_in(value)), None)
            if made is not None:
                return _found(made.logical_id, where, "ok", "this app creates it")
            return _found("a secret", where, "not checked", "only the deployment sets it")
        name = ":".join(value.split(":")[:_PARTS_OF_SECRET])
        try:
            there = self._known[name] if name in self._known else self._known.setdefault(name, self._read(name))
            if isinstance(there, str):
                return _found(name, where, "fails", there, "create it, or correct its name")
            return self._may_read(there, task, name, where)
        except Refused as refused:
            return _found(name, where, "not checked", unless_signed_out(refused))
        except (CannotTell, Malformed) as why:
            return _found(name, where, "not checked", str(why))

    def _read(self, name: str) -> Secret | str:
        parts = name.split(":")
        own = self._place.api
        if ":secretsmanager:" in name:
            api = _in_region(own, parts[3])
            told = api.call("secretsmanager", "describe_secret", SecretId=name)
            if told is None:
                return "there is no such secret"
            if told.get("DeletedDate"):
                return "the secret is being deleted"
            return Secret(
                arn=told.get("ARN", name), action="secretsmanager:GetSecretValue", key=_own(told.get("KmsKeyId"))
            )
        api = _in_region(own, parts[3]) if name.startswith("arn:") else own
        if name.startswith("arn:") and parts[4] not in ("", own.id):
            raise CannotTell(f"the parameter belongs to account {parts[4]}")
        path = name.partition(":parameter")[2] if name.startswith("arn:") else name
        names = [path, path.removeprefix("/")] if path.count("/") == 1 else [path]
        for one in api.pages(
            "ssm", "describe_parameters", "Parameters", ParameterFilters=[{"Key": "Name", "Values": names}]
        ):
            arn = f"arn:{api.partition}:ssm:{api.region}:{api.id}:parameter/{one['Name'].lstrip('/')}"
            return Secret(arn=arn, action="ssm:GetParameters", key=_own(one.get("KeyId")))
        return "there is no such parameter"

    def _may_read(self, secret: Secret, task: Resource, name: str, where: str) -> Found:
        role = task.value("ExecutionRoleArn")
        if isinstance(role, Missing) or (isinstance(role, str) and not role):
            return _found(name, where, "fails", "the task has no execution role to read it with")
        inside = self._place.estate.find(role, "AWS::IAM::Role")
        needed = [(secret.action, secret.arn)] + ([("kms:Decrypt", secret.key)] if secret.key else [])
        for action, arn in needed:
            allowed = _allowed_here(inside, action, arn) if inside else self._allowed_there(str(role), action, arn)
            if not allowed:
                says = f"it exists, but the execution role has no permission for {action} on {arn}"
                return _found(
                    name, where, "fails", says, "grant it to the role; `Secret` of this library does so automatically"
                )
        return _found(name, where, "ok", "it exists, and the execution role can read it")

    def _allowed_there(self, role: str, action: str, arn: str) -> bool:
        resources = {"ResourceArns": [arn]} if arn.startswith("arn:") else {}
        answer = self._place.api.call(
            "iam", "simulate_principal_policy", PolicySourceArn=role, ActionNames=[action], **resources
        )
        if answer is None:
            raise CannotTell(f"role {role} does not exist")
        return all(it["EvalDecision"] == "allowed" for it in answer.get("EvaluationResults", ()))


def _allowed_here(role: Resource, action: str, arn: str) -> bool:
    grants = grants_of(role)
    for statement in grants.statements:
        if statement.allows and statement.names(action):
            patterns = [it.replace("{}", "*") for it in statement.resources]
            if not arn.startswith("arn:") or any(_covers(it, arn) for it in patterns):
                return True
    unknown = [*grants.managed, *grants.unknown]
    if unknown:
        raise CannotTell(f"cannot tell whether the execution role can read it: it also has permissions in {unknown[0]}")
    return False


def _covers(pattern: str, arn: str) -> bool:
    return fnmatchcase(arn, pattern) or fnmatchcase(f"{arn}-xxxxxx", pattern) or pattern == f"{arn}{_ANY_SUFFIX}"


def _in_region(api: Api, region: str) -> Api:
    return api if region == api.region else api.in_region(region)


def _own(key: str | None) -> str:
    return "" if key is None or key in _AWS_KEYS or key.endswith(_AWS_KEYS[1:]) else key


def _values_of(container: Map) -> list[Value]:
    found: list[Value] = []
    for path in (("Secrets",), ("LogConfiguration", "SecretOptions")):
        try:
            found += [it.value("ValueFrom") for it in container.maps(*path)]
        except (CannotTell, Malformed):
            continue
    credentials = container.value("RepositoryCredentials", "CredentialsParameter")
    return found if isinstance(credentials, Missing) else [*found, credentials]


def _found(name: str, where: str, verdict: Verdict, says: str, way: str = "") -> Found:
    return Found(what="secret", name=name, where=where, verdict=verdict, says=says, way=way)
