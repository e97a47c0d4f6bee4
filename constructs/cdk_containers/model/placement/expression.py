"""The cluster query language, with which `memberOf` selects the instances that a task can run on.

See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html
"""

from __future__ import annotations

import operator as operators
import re
from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import UTC, datetime
from typing import Any, Protocol

from cdk_containers.core.errors import Problem, Shown
from cdk_containers.core.frozen import frozen

MAX_LENGTH = 2000

_OPERATORS = {
    "equals": "==",
    "not_equals": "!=",
    "greater_than": ">",
    "greater_than_equal": ">=",
    "less_than": "<",
    "less_than_equal": "<=",
    "exists": "exists",
    "not_exists": "!exists",
    "in": "in",
    "not_in": "!in",
    "matches": "=~",
    "not_matches": "!~",
}
_NEGATED = {"!=": "==", "!exists": "exists", "!in": "in", "!~": "=~"}
_EQUALITY = ("==", "!=")
_COMPARE = {
    "==": operators.eq,
    ">": operators.gt,
    ">=": operators.ge,
    "<": operators.lt,
    "<=": operators.le,
}
_ORDER = (">", ">=", "<", "<=")
_MATCHING = ("in", "!in", "=~", "!~")
_EXISTENCE = ("exists", "!exists")
_SUBJECTS = {
    "agentConnected": (*_EQUALITY, *_MATCHING),
    "agentVersion": (*_EQUALITY, *_ORDER),
    "ec2InstanceId": (*_EQUALITY, *_MATCHING),
    "registeredAt": (*_EQUALITY, *_ORDER),
    "runningTasksCount": (*_EQUALITY, *_ORDER),
    "task:group": (*_EQUALITY, *_MATCHING, *_EXISTENCE),
}
_ATTRIBUTE_OPERATORS = (*_EQUALITY, *_ORDER, *_MATCHING, *_EXISTENCE)

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<boolean>\(|\)|&&|\|\||(?:and|or|not)(?=[\s()])|!(?=\s*[\w(])(?!(?:in|exists)\b))
      | (?P<operator>==|!=|>=|<=|>|<|=~|!~|!in\b|!exists\b)
      | (?P<word>[^\s()\[\],=!<>&|'"~]+)
    )""",
    re.VERBOSE,
)
_QUOTED = re.compile(r"""\s*(?:'(?P<single>[^']*)'|"(?P<double>[^"]*)")""")
_LITERAL = re.compile(r"""\s*(?P<literal>[^\s()\[\],'"]+)""")
_PATTERN = re.compile(r"""\s*(?P<literal>[^\s()'"]+)""")
_ATTRIBUTE_NAME = re.compile(r"[\w./\\-]{1,128}", re.ASCII)
_VERSION = re.compile(r"\d+(\.\d+)*")


class ExpressionError(ValueError):
    """An expression that ECS does not accept.

    Attributes:
        expression: The expression.
        position: Position of the error, counted from 0.
        what: The problem at this position.
    """

    def __init__(self, expression: str, position: int, what: str) -> None:
        self.expression, self.position, self.what = expression, position, what
        super().__init__(f"{what}, at position {position} of {expression!r}")


@frozen
class InstanceFacts:
    """What an expression can query of a container instance.

    Attributes:
        attributes: Built-in and custom attributes by name, without `attribute:` before it.
        task_groups: The groups of the tasks that run on it, such as `service:orders`.
        running_tasks_count: How many tasks run on it.
        ec2_instance_id: Its id.
        agent_connected: Whether the agent is connected.
        agent_version: Version of the agent; None if it is not known, and then no comparison is true.
        registered_at: When it was registered; None if that is not known.
    """

    attributes: Mapping[str, str] = field(default_factory=dict)
    task_groups: Collection[str] = ()
    running_tasks_count: int = 0
    ec2_instance_id: str = ""
    agent_connected: bool = True
    agent_version: str | None = None
    registered_at: datetime | None = None


class Expression(Protocol):
    """A parsed expression."""

    def holds(self, facts: InstanceFacts) -> bool:
        """Tell whether it is true for an instance."""
        ...


@frozen(kw_only=False)
class Comparison:
    """A subject, an operator and what it is compared with."""

    subject: str
    operator: str
    arguments: tuple[str, ...] = ()

    def holds(self, facts: InstanceFacts) -> bool:
        """Tell whether it is true for an instance; a missing value matches only negations."""
        if self.operator in _NEGATED:
            return not Comparison(self.subject, _NEGATED[self.operator], self.arguments).holds(facts)
        values = _values(self.subject, facts)
        if self.operator == "exists":
            return bool(values)
        return any(self._true_of(value) for value in values)

    def _true_of(self, value: str) -> bool:
        if self.operator == "in":
            return value in self.arguments
        (argument,) = self.arguments
        if self.operator == "=~":
            return re.fullmatch(argument, value) is not None
        left, right = _comparable(self.subject, self.operator, value, argument)
        return bool(_COMPARE[self.operator](left, right))


@frozen(kw_only=False)
class Not:
    """A negation: true if its part is false."""

    part: Expression

    def holds(self, facts: InstanceFacts) -> bool:
        """Tell whether it is true for an instance."""
        return not self.part.holds(facts)


@frozen(kw_only=False)
class AllOf:
    """True if all its parts are true."""

    parts: tuple[Expression, ...]

    def holds(self, facts: InstanceFacts) -> bool:
        """Tell whether it is true for an instance."""
        return all(part.holds(facts) for part in self.parts)


@frozen(kw_only=False)
class AnyOf:
    """True if one of its parts is true."""

    parts: tuple[Expression, ...]

    def holds(self, facts: InstanceFacts) -> bool:
        """Tell whether it is true for an instance."""
        return any(part.holds(facts) for part in self.parts)


def parse_expression(text: str) -> Expression:
    """Read an expression.

    `matches` uses Java regular expressions. They are read as Python's, which are the same for all practical patterns.

    Raises:
        ExpressionError: It cannot be parsed, or queries something unsupported.
    """
    return _Parser(text).parse()


def expression_problem(text: str) -> Problem | None:
    """Return the problem of an expression, or None."""
    try:
        parse_expression(text)
    except ExpressionError as error:
        return Problem(
            option="expression",
            what=f"{error.what}, at position {error.position}",
            given=Shown(repr(text if len(text) <= MAX_LENGTH else f"{text[:60]}…")),
            allowed="subject operator argument, such as attribute:ecs.instance-type =~ m7g.*, joined by and, or, not",
            practice="placement-constraints",
        )
    return None


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def parse(self) -> Expression:
        if len(self.text) > MAX_LENGTH:
            raise self.error(f"longer than {MAX_LENGTH} characters", MAX_LENGTH)
        found = self.alternatives()
        if self.rest():
            raise self.error("unexpected text, or an operator is missing")
        return found

    def alternatives(self) -> Expression:
        parts = [self.conjunction()]
        while self.take_boolean("or", "||"):
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def conjunction(self) -> Expression:
        parts = [self.unary()]
        while self.take_boolean("and", "&&"):
            parts.append(self.unary())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def unary(self) -> Expression:
        if self.take_boolean("not", "!"):
            return Not(self.unary())
        if self.take_boolean("("):
            inside = self.alternatives()
            if not self.take_boolean(")"):
                raise self.error("a closing parenthesis is missing")
            return inside
        return self.comparison()

    def comparison(self) -> Expression:
        start, subject = self.at, self.take("word")
        if subject is None:
            raise self.error("a subject is missing, such as attribute:ecs.instance-type")
        start += len(self.text[start:]) - len(self.text[start:].lstrip())
        allowed = self.operators_of(subject, start)
        before = self.at
        operator = self.operator()
        if operator is None:
            raise self.error(f"an operator is missing after {subject}", before)
        if operator not in allowed:
            raise self.error(f"{subject} does not support {operator}; allowed: {', '.join(allowed)}", before)
        if operator in _EXISTENCE:
            return Comparison(subject, operator)
        if operator in ("in", "!in"):
            return Comparison(subject, operator, self.argument_list())
        before = self.at
        argument = self.argument(_PATTERN if operator in ("=~", "!~") else _LITERAL)
        self.check(subject, operator, argument, before)
        return Comparison(subject, operator, (argument,))

    def operators_of(self, subject: str, position: int) -> tuple[str, ...]:
        if subject in _SUBJECTS:
            return _SUBJECTS[subject]
        prefix, _, name = subject.partition(":")
        if prefix == "attribute" and _ATTRIBUTE_NAME.fullmatch(name):
            return _ATTRIBUTE_OPERATORS
        known = ", ".join(("attribute:NAME", *_SUBJECTS))
        raise self.error(f"unknown subject {subject}; allowed: {known}", position)

    def operator(self) -> str | None:
        if (symbol := self.take("operator")) is not None:
            return symbol
        before, word = self.at, self.take("word")
        if word is not None and word in _OPERATORS:
            return _OPERATORS[word]
        self.at = before
        return None

    def argument_list(self) -> tuple[str, ...]:
        if not self.take_symbol("["):
            raise self.error("expected a list, such as [us-east-1a, us-east-1b]")
        arguments = [self.argument(_LITERAL)]
        while self.take_symbol(","):
            arguments.append(self.argument(_LITERAL))
        if not self.take_symbol("]"):
            raise self.error("a closing bracket is missing")
        return tuple(arguments)

    def argument(self, unquoted: re.Pattern[str]) -> str:
        if match := _QUOTED.match(self.text, self.at):
            self.at = match.end()
            return match["single"] if match["single"] is not None else match["double"]
        if match := unquoted.match(self.text, self.at):
            self.at = match.end()
            return match["literal"]
        raise self.error("an argument is missing")

    def check(self, subject: str, operator: str, argument: str, position: int) -> None:
        if operator in ("=~", "!~"):
            try:
                re.compile(argument)
            except re.error as error:
                raise self.error(f"{argument} is not a valid regular expression: {error.msg}", position) from None
        elif subject == "runningTasksCount" and not argument.isdecimal():
            raise self.error(f"{argument} is not a number", position)
        elif subject == "agentVersion" and not _VERSION.fullmatch(argument):
            raise self.error(f"{argument} is not a version", position)
        elif subject == "registeredAt" and _date(argument) is None:
            raise self.error(f"{argument} is not a date such as 2018-06-18 or 2018-06-18T22:28:28Z", position)

    def take_boolean(self, *words: str) -> bool:
        match = _TOKEN.match(self.text, self.at)
        if match is None or match["boolean"] not in words:
            return False
        self.at = match.end()
        return True

    def take(self, kind: str) -> str | None:
        match = _TOKEN.match(self.text, self.at)
        if match is None or match[kind] is None:
            return None
        self.at = match.end()
        return match[kind]

    def take_symbol(self, symbol: str) -> bool:
        if not self.rest().startswith(symbol):
            return False
        self.at = len(self.text) - len(self.rest()) + len(symbol)
        return True

    def rest(self) -> str:
        return self.text[self.at :].lstrip()

    def error(self, what: str, position: int | None = None) -> ExpressionError:
        return ExpressionError(self.text, self.at if position is None else position, what)


def _values(subject: str, facts: InstanceFacts) -> Collection[str]:
    """Return the values of a subject; a subject with several values, the task group, matches if one of them does."""
    if subject == "task:group":
        return facts.task_groups
    single: Mapping[str, str | None] = {
        "agentConnected": str(facts.agent_connected).lower(),
        "agentVersion": facts.agent_version,
        "ec2InstanceId": facts.ec2_instance_id,
        "registeredAt": facts.registered_at.isoformat() if facts.registered_at else None,
        "runningTasksCount": str(facts.running_tasks_count),
    }
    value = single[subject] if subject in single else facts.attributes.get(subject.partition(":")[2])
    return () if value is None else (value,)


def _comparable(subject: str, operator: str, value: str, argument: str) -> tuple[Any, Any]:
    if subject == "agentVersion":
        return _version(value), _version(argument)
    if subject == "registeredAt":
        return _date(value), _date(argument)
    if operator == "==":
        return value, argument
    try:
        return float(value), float(argument)
    except ValueError:
        return value, argument


def _version(text: str) -> list[int]:
    return [int(part) for part in text.split(".")] if _VERSION.fullmatch(text) else []


def _date(text: str) -> datetime | None:
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
