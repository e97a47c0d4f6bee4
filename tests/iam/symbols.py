"""Reads the values of templates as comparable text: ARNs with symbols for values that only a deployment sets.

`{"Fn::GetAtt": ["Orders", "Arn"]}` of a table in the stack Shop reads `arn:<Partition>:dynamodb:<Region>:<AccountId>:\
table/<Shop/Orders>`. The same ARN reads the same if it is composed manually, or comes from another stack's output.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum
from functools import cache
from typing import Any

Template = Mapping[str, Any]
Templates = Mapping[str, Template]

ANYTHING = "<?>"
"""Stands for a part that cannot be read; it may be anything."""

_HERE = "arn:<Partition>:{}:<Region>:<AccountId>:{}"
_FORMS = {
    "AWS::DynamoDB::Table": _HERE.format("dynamodb", "table/{}"),
    "AWS::DynamoDB::GlobalTable": _HERE.format("dynamodb", "table/{}"),
    "AWS::ECR::Repository": _HERE.format("ecr", "repository/{}"),
    "AWS::ECS::Cluster": _HERE.format("ecs", "cluster/{}"),
    "AWS::EFS::AccessPoint": _HERE.format("elasticfilesystem", "access-point/{}"),
    "AWS::EFS::FileSystem": _HERE.format("elasticfilesystem", "file-system/{}"),
    "AWS::EKS::Cluster": _HERE.format("eks", "cluster/{}"),
    "AWS::Events::Rule": _HERE.format("events", "rule/{}"),
    "AWS::IAM::Role": "arn:<Partition>:iam::<AccountId>:role/{}",
    "AWS::KMS::Key": _HERE.format("kms", "key/{}"),
    "AWS::Logs::LogGroup": _HERE.format("logs", "log-group:{}:*"),
    "AWS::S3::Bucket": "arn:<Partition>:s3:::{}",
    "AWS::SNS::Topic": _HERE.format("sns", "{}"),
    "AWS::SQS::Queue": _HERE.format("sqs", "{}"),
    "AWS::SSM::Parameter": _HERE.format("ssm", "parameter/{}"),
    "AWS::SecretsManager::Secret": _HERE.format("secretsmanager", "secret:{}"),
}
_NAMED = {"AWS::EKS::Cluster": "Name", "AWS::Events::Rule": "Name", "AWS::Logs::LogGroup": "LogGroupName"}
_REF_IS_ARN = frozenset({"AWS::SNS::Topic", "AWS::SecretsManager::Secret", "AWS::IAM::ManagedPolicy"})
_SUBSTITUTE = re.compile(r"\$\{([^}]+)\}")


class Answer(IntEnum):
    """Whether something holds, as far as a template tells."""

    NO = 0
    PERHAPS = 1
    YES = 2


class Symbols:
    """Reads values of one stack; outputs of others are looked up in all templates.

    `known` are the pseudo parameters that stand for no symbol, such as the region of a call that is known.
    """

    def __init__(self, templates: Templates, stack: str, known: Mapping[str, str] | None = None) -> None:
        self._templates = templates
        self._stack = stack
        self._known = known or {}
        self._resources: Mapping[str, Any] = templates[stack].get("Resources", {})

    def text(self, value: Any) -> str:  # noqa: C901, PLR0911  (one case for each function of CloudFormation)
        """Read a value as text."""
        match value:
            case str():
                return value
            case bool():
                return str(value).lower()
            case int() | float():
                return str(value)
            case {"Ref": str(name)}:
                return self._ref(name)
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                return self._attribute(name, attribute)
            case {"Fn::Join": [str(delimiter), [*parts]]}:
                return delimiter.join(self.text(part) for part in parts)
            case {"Fn::Sub": str(pattern)}:
                return self._substituted(pattern, {})
            case {"Fn::Sub": [str(pattern), {**variables}]}:
                return self._substituted(pattern, variables)
            case {"Fn::Select": [index, {"Fn::Split": [str(delimiter), whole]}]}:
                return self._part(self.text(whole), delimiter, int(index))
            case {"Fn::GetStackOutput": {"StackName": stack, "OutputName": output}}:
                return self._output(str(stack), str(output))
            case {"Fn::ImportValue": name}:
                return self._export(self.text(name))
            case _:
                return ANYTHING

    def texts(self, value: Any) -> list[str]:
        """Read a value, or a list of them, as texts."""
        return [self.text(item) for item in (value if isinstance(value, list) else [value])]

    def arn(self, logical_id: str) -> str:
        """Return the ARN of a resource of this stack."""
        form = _FORMS.get(self._resources[logical_id]["Type"])
        return f"<{self._id(logical_id)}.Arn>" if form is None else form.format(self._name(logical_id))

    def _name(self, logical_id: str) -> str:
        """Return the name of a log group or a rule in a template, or a symbol for a name that AWS generates."""
        entry = self._resources[logical_id]
        given = entry.get("Properties", {}).get(_NAMED.get(entry["Type"]))
        return f"<{self._id(logical_id)}>" if given is None else self.text(given)

    def _id(self, logical_id: str) -> str:
        return f"{self._stack}/{logical_id}" if self._stack else logical_id

    def _ref(self, name: str) -> str:
        if name.startswith("AWS::"):
            return self._known.get(name, f"<{name.removeprefix('AWS::')}>")
        if self._resources.get(name, {}).get("Type") in _REF_IS_ARN:
            return self.arn(name)
        return self._name(name) if name in self._resources else f"<{self._id(name)}>"

    def _attribute(self, name: str, attribute: str) -> str:
        if attribute == "Arn" and name in self._resources:
            return self.arn(name)
        return f"<{self._id(name)}.{attribute}>"

    def _substituted(self, pattern: str, variables: Mapping[str, Any]) -> str:
        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name in variables:
                return self.text(variables[name])
            resource, dot, attribute = name.partition(".")
            return self._attribute(resource, attribute) if dot else self._ref(name)

        return _SUBSTITUTE.sub(value, pattern)

    @staticmethod
    def _part(whole: str, delimiter: str, index: int) -> str:
        if whole == "<StackId>":
            return f"<StackId.{index}>"
        parts = whole.split(delimiter)
        return parts[index] if index < len(parts) and ANYTHING not in whole else ANYTHING

    def _output(self, stack: str, name: str) -> str:
        output = self._templates.get(stack, {}).get("Outputs", {}).get(name)
        return ANYTHING if output is None else Symbols(self._templates, stack).text(output["Value"])

    def _export(self, name: str) -> str:
        for stack, template in self._templates.items():
            symbols = Symbols(self._templates, stack)
            for output in template.get("Outputs", {}).values():
                if "Export" in output and symbols.text(output["Export"]["Name"]) == name:
                    return symbols.text(output["Value"])
        return ANYTHING


def match(pattern: str, arn: str) -> Answer:
    """Tell whether a pattern of a policy matches an ARN once both are deployed.

    A symbol instead of partition, region or account may be any; other symbols are only themselves, and an ARN that
    cannot be read may be matched by any pattern with a wildcard.
    """
    if pattern in ("*", arn) and ANYTHING not in arn:
        return Answer.YES
    if ANYTHING in pattern or ANYTHING in arn:
        return Answer.PERHAPS
    ours, theirs = pattern.split(":", 5), arn.split(":", 5)
    if len(theirs) == 6 and len(ours) == 6:
        answers = [_match_field(one, two) for one, two in zip(ours[:5], theirs[:5], strict=True)]
        return min(*answers, Answer.YES if like(ours[5], theirs[5]) else Answer.NO)
    if like(pattern, arn):
        return Answer.YES
    return Answer.PERHAPS if arn.startswith("<") and "*" in pattern and not pattern.startswith("<") else Answer.NO


def _match_field(pattern: str, field: str) -> Answer:
    if like(pattern, field):
        return Answer.YES
    return Answer.PERHAPS if "<" in pattern or "<" in field else Answer.NO


def like(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Match a text with a pattern of IAM, in which `*` and `?` are wildcards."""
    return _expression(pattern, ignore_case=ignore_case).fullmatch(text) is not None


@cache
def _expression(pattern: str, *, ignore_case: bool) -> re.Pattern[str]:
    expression = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.compile(expression, re.DOTALL | (re.IGNORECASE if ignore_case else 0))
