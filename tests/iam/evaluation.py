"""Evaluates the policies of synthesized templates by the rules of IAM, offline.

`who_can` errs towards "can": a condition or an ARN that only a deployment sets excludes no one. It proves that *no one
else* can. `who_surely_can` errs the other way, and proves that a principal can. Together they prove that exactly one
role can. It evaluates calls within one account, without trust policies, SCPs and session policies.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from tests.iam.symbols import ANYTHING, Answer, Symbols, Template, Templates, like, match

Context = Mapping[str, str]


@cache
def _aws_policies() -> Mapping[str, Mapping[str, Any]]:
    """Return the managed policies of AWS by name, as the emulator of AWS has them."""
    known: Mapping[str, Any] = json.loads(aws_managed_policies_data.replace("arn:aws:", "arn:<Partition>:"))
    return {name: entry["Document"] for name, entry in known.items()}


def aws_policy(name: str) -> Mapping[str, Any]:
    """Return the document of a managed policy of AWS."""
    return _aws_policies()[name]


ACCOUNT, REGION = "111111111111", "eu-west-1"
CALL = {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT}
"""Where the calls are made that `allowed` knows everything of."""

OVER_TLS: Context = {"aws:SecureTransport": "true"}
"""What every call of an AWS SDK has."""

_RESOURCE_POLICIES = {
    "AWS::DynamoDB::Table": ("ResourcePolicy.PolicyDocument", None),
    "AWS::ECR::Repository": ("RepositoryPolicyText", None),
    "AWS::EFS::FileSystem": ("FileSystemPolicy", None),
    "AWS::KMS::Key": ("KeyPolicy", None),
    "AWS::Logs::LogGroup": ("ResourcePolicyDocument", None),
    "AWS::S3::BucketPolicy": ("PolicyDocument", "Bucket"),
    "AWS::SNS::TopicPolicy": ("PolicyDocument", "Topics"),
    "AWS::SQS::QueuePolicy": ("PolicyDocument", "Queues"),
    "AWS::SecretsManager::ResourcePolicy": ("ResourcePolicy", "SecretId"),
}
"""Where a policy of a resource is, and the property that says whose it is where it is its own resource."""


@dataclass(frozen=True)
class Statement:
    """A statement of a policy, with its principals and resources."""

    source: Mapping[str, Any]
    symbols: Symbols
    own_resource: str | None = None
    """The resource whose policy it is; None in a policy of an identity."""

    @property
    def effect(self) -> str:
        return str(self.source["Effect"])

    def covers(self, action: str, arn: str) -> Answer:
        """Tell whether the statement is about an action on a resource."""
        return self._names_resource(arn) if self._names_action(action) else Answer.NO

    def _names_action(self, action: str) -> bool:
        if "NotAction" in self.source:
            return not any(like(p, action, ignore_case=True) for p in self.symbols.texts(self.source["NotAction"]))
        return any(like(p, action, ignore_case=True) for p in self.symbols.texts(self.source["Action"]))

    def _names_resource(self, arn: str) -> Answer:
        own = Answer.YES if self.own_resource is None else match(f"{self.own_resource}*", arn)
        if "NotResource" in self.source:
            named = self._best(self.source["NotResource"], arn)
            return min(own, Answer(Answer.YES - named))
        return min(own, self._best(self.source.get("Resource", "*"), arn))

    def _best(self, patterns: Any, arn: str) -> Answer:
        return max((match(pattern, arn) for pattern in self.symbols.texts(patterns)), default=Answer.NO)

    def is_for(self, role_arn: str, role_name: str) -> bool:
        """Tell whether the statement of a resource's policy names a role, or everybody."""
        principal = self.source.get("Principal")
        if principal == "*":
            return True
        if not isinstance(principal, Mapping) or "AWS" not in principal:
            return "NotPrincipal" in self.source
        named = self.symbols.texts(principal["AWS"])
        return any(name in ("*", role_arn, ANYTHING) or role_name in name for name in named)

    def is_for_service(self, service: str) -> bool:
        """Tell whether the statement of a resource's policy names a service of AWS."""
        principal = self.source.get("Principal")
        return isinstance(principal, Mapping) and service in self.symbols.texts(principal.get("Service", []))

    def holds(self, context: Context, *, complete: bool = False) -> Answer:
        """Tell whether the conditions are met by what is known of a call, or by all that there is to know of it."""
        answers = [
            self._without_key(operator)
            if complete and key not in context
            else self._compare(operator, context.get(key), self.symbols.texts(values))
            for operator, keys in self.source.get("Condition", {}).items()
            for key, values in keys.items()
        ]
        return min(answers, default=Answer.YES)

    @staticmethod
    def _without_key(operator: str) -> Answer:
        """Tell whether a condition holds for a call that does not have its key."""
        return Answer.YES if operator.endswith("IfExists") or "Not" in operator else Answer.NO

    @staticmethod
    def _compare(operator: str, value: str | None, wanted: list[str]) -> Answer:
        if value is None or any("<" in text for text in (value, *wanted) if text != value):
            return Answer.YES if value is not None and value in wanted and "Not" not in operator else Answer.PERHAPS
        base = operator.removesuffix("IfExists")
        match base:
            case "StringEquals" | "ArnEquals" | "Bool" | "StringLike" | "ArnLike":
                wildcards = base.endswith("Like") or base == "ArnEquals"
                met = any(like(text, value) if wildcards else text == value for text in wanted)
            case "StringNotEquals" | "ArnNotEquals" | "StringNotLike" | "ArnNotLike":
                wildcards = base.endswith("Like") or base == "ArnNotEquals"
                met = not any(like(text, value) if wildcards else text == value for text in wanted)
            case _:
                return Answer.PERHAPS
        return Answer.YES if met else Answer.NO


@dataclass(frozen=True)
class Role:
    """A role of a template."""

    stack: str
    logical_id: str
    arn: str

    @property
    def name(self) -> str:
        return f"{self.stack}/{self.logical_id}" if self.stack else self.logical_id


@dataclass(frozen=True)
class Policies:
    """The roles and policies of templates by the names of their stacks."""

    templates: Templates

    @cached_property
    def roles(self) -> list[Role]:
        return [
            Role(stack, logical_id, Symbols(self.templates, stack).arn(logical_id))
            for stack, logical_id, entry in self._resources()
            if entry["Type"] == "AWS::IAM::Role"
        ]

    @cached_property
    def of_resources(self) -> list[Statement]:
        return list(self._of_resources())

    def _resources(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        for stack, template in self.templates.items():
            for logical_id, entry in template.get("Resources", {}).items():
                yield stack, logical_id, {"Properties": {}, **entry}

    def about(self, role: Role) -> list[Statement]:
        """Return the statements of a role's own policies, and those of resources that name it."""
        if role not in self._about:
            named = (it for it in self.of_resources if it.is_for(role.arn, f"<{role.name}>"))
            self._about[role] = [*self.of_role(role), *named]
        return self._about[role]

    @cached_property
    def _about(self) -> dict[Role, list[Statement]]:
        return {}

    def of_role(self, role: Role) -> Iterator[Statement]:
        """Yield the statements of a role's own policies, attached or inline."""
        for stack, logical_id, entry in self._resources():
            symbols, given = Symbols(self.templates, stack), entry["Properties"]
            if entry["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
                attached = [*given.get("Roles", []), *([given["RoleName"]] if "RoleName" in given else [])]
                if f"<{role.name}>" in symbols.texts(attached):
                    yield from _statements(given["PolicyDocument"], symbols)
            elif (stack, logical_id) == (role.stack, role.logical_id):
                for policy in given.get("Policies", []):
                    yield from _statements(policy["PolicyDocument"], symbols)
                for arn in symbols.texts(given.get("ManagedPolicyArns", [])):
                    yield from self._managed(arn, symbols)

    def _managed(self, arn: str, symbols: Symbols) -> Iterator[Statement]:
        for stack, logical_id, entry in self._resources():
            own = Symbols(self.templates, stack)
            if entry["Type"] == "AWS::IAM::ManagedPolicy" and own.arn(logical_id) == arn:
                yield from _statements(entry["Properties"]["PolicyDocument"], own)
                return
        name = arn.rsplit("/", 1)[-1]
        document = _aws_policies().get(name) if ":iam::aws:policy/" in arn else None
        if document is not None:
            yield from _statements(document, symbols)
            return
        # A policy of another app: what it allows is not in the template, so it may be anything.
        yield Statement(
            {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Unknown": {arn: ""}}}, symbols
        )

    def _of_resources(self) -> Iterator[Statement]:
        for stack, logical_id, entry in self._resources():
            if entry["Type"] not in _RESOURCE_POLICIES:
                continue
            symbols = Symbols(self.templates, stack)
            path, owner = _RESOURCE_POLICIES[entry["Type"]]
            document = entry["Properties"]
            for key in path.split("."):
                document = document.get(key, {})
            if not document:
                continue
            for owned in (
                [symbols.arn(logical_id)] if owner is None else self._owners(entry["Properties"][owner], symbols)
            ):
                yield from _statements(document, symbols, own_resource=owned)

    def _owners(self, value: Any, symbols: Symbols) -> list[str]:
        owners = []
        for item in value if isinstance(value, list) else [value]:
            logical_id = item.get("Ref") if isinstance(item, Mapping) else None
            known = logical_id in symbols._resources
            owners.append(symbols.arn(logical_id) if known and logical_id is not None else ANYTHING)
        return owners

    def answer(self, role: Role, action: str, arn: str, context: Context) -> Answer:
        """Tell whether a role can do something."""
        return _decision(self.about(role), action, arn, context)


def _decision(about: list[Statement], action: str, arn: str, context: Context, *, complete: bool = False) -> Answer:
    """Return what the statements about a caller say together."""
    strongest = {"Allow": Answer.NO, "Deny": Answer.NO}
    for statement in about:
        holds = min(statement.covers(action, arn), statement.holds(context, complete=complete))
        strongest[statement.effect] = max(strongest[statement.effect], holds)
    return min(strongest["Allow"], Answer(Answer.YES - strongest["Deny"]))


def _statements(document: Mapping[str, Any], symbols: Symbols, own_resource: str | None = None) -> Iterator[Statement]:
    listed = document["Statement"]
    for source in listed if isinstance(listed, list) else [listed]:
        yield Statement(source, symbols, own_resource)


def service_surely_can(
    templates: Template | Templates, service: str, action: str, resource: str, context: Context
) -> bool:
    """Tell whether the policy of a resource lets a service of AWS do something, by what is known of its call.

    A condition on a key that the call does not have keeps the service out, as it does in IAM.
    """
    policies = Policies(_by_stack(templates))
    about = [statement for statement in policies.of_resources if statement.is_for_service(service)]
    return _decision(about, action, resource, context) is Answer.YES


def allowed(
    statements: Iterable[Mapping[str, Any]],
    action: str,
    resources: str | Sequence[str] = "*",
    context: Context | None = None,
) -> bool:
    """Tell whether statements allow a call of which everything is known: its resources, and every key of its context.

    Each resource needs a permission. A call that the statements do not decide is an error of the test.
    """
    symbols = Symbols({"": {}}, "", known=CALL)
    about = [Statement(source, symbols) for source in statements]
    answers = {
        _decision(about, action, resource, context or {}, complete=True)
        for resource in ([resources] if isinstance(resources, str) else resources)
    }
    assert Answer.PERHAPS not in answers, "something in these statements is known only at deployment"
    return min(answers) is Answer.YES


def _by_stack(templates: Template | Templates) -> Templates:
    return {"": templates} if "Resources" in templates else templates


def _policies(of: Template | Templates | Policies) -> Policies:
    return of if isinstance(of, Policies) else Policies(_by_stack(of))


def who_can(
    templates: Template | Templates | Policies, action: str, resource: str, context: Context = OVER_TLS
) -> set[str]:
    """Return the roles that can do something, or might.

    Args:
        templates: One template, several by the names of their stacks, or the policies of either, which remember what
            they have read.
        action: Such as `dynamodb:GetItem`.
        resource: An ARN, as `arn_of` returns it; parts may follow, as in `f"{arn_of(…)}/index/by-date"`.
        context: What is known of the call, by condition key.

    Returns:
        Logical ids, after the stack's name and a slash where there are several templates.
    """
    policies = _policies(templates)
    return {role.name for role in policies.roles if policies.answer(role, action, resource, context) is not Answer.NO}


def who_surely_can(
    templates: Template | Templates | Policies, action: str, resource: str, context: Context = OVER_TLS
) -> set[str]:
    """Return the roles that can do something whatever the deployment makes of symbols and conditions."""
    policies = _policies(templates)
    return {role.name for role in policies.roles if policies.answer(role, action, resource, context) is Answer.YES}


def arn_of(templates: Template | Templates, logical_id: str, stack: str = "") -> str:
    """Return the ARN of a resource, with symbols for what only a deployment knows."""
    return Symbols(_by_stack(templates), stack).arn(logical_id)
