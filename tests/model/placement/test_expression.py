from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdk_containers.model.placement.expression import (
    ExpressionError,
    InstanceFacts,
    expression_problem,
    parse_expression,
)

INSTANCE = InstanceFacts(
    attributes={
        "ecs.instance-type": "g2.2xlarge",
        "ecs.availability-zone": "us-east-1a",
        "stack": "prod",
        "rank": "9",
        "owner": "team one",
    },
    task_groups=("service:production", "family:batch"),
    running_tasks_count=2,
    ec2_instance_id="i-abcd1234",
    agent_version="1.14.4",
    registered_at=datetime(2018, 2, 12, 23, 59, tzinfo=UTC),
)


# The first nine are the examples of the documentation.
@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("attribute:ecs.instance-type == t2.small", False),
        ("attribute:ecs.availability-zone in [us-east-1a, us-east-1b]", True),
        ("attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d", True),
        ("task:group == service:production", True),
        ("not(task:group == database)", True),
        ("runningTasksCount == 1", False),
        ("agentVersion < 1.14.5", True),
        ("registeredAt < 2018-02-13", True),
        ("ec2InstanceId in ['i-abcd1234', 'i-wxyx7890']", True),
        ("attribute:stack equals prod", True),
        ("attribute:stack not_equals prod", False),
        ("attribute:rank > 10", False),
        ("attribute:rank greater_than_equal 9", True),
        ("attribute:rank less_than 10", True),
        ("attribute:rank <= 8", False),
        ("attribute:stack > alpha", True),
        ("attribute:stack exists", True),
        ("attribute:gpu exists", False),
        ("attribute:gpu !exists", True),
        ("attribute:gpu not_exists", True),
        ("!attribute:gpu exists", True),
        ("attribute:stack !in [dev, test]", True),
        ("attribute:stack not_in [prod]", False),
        ("attribute:gpu == a", False),
        ("attribute:gpu != a", True),
        ("attribute:ecs.instance-type =~ g2", False),  # the whole value has to match
        ("attribute:ecs.instance-type matches '(g2|g3)\\..*'", True),
        ("attribute:ecs.instance-type =~ g[0-9].*", True),
        ("attribute:ecs.instance-type !~ t2.*", True),
        ('attribute:owner == "team one"', True),
        ("task:group != service:production", False),
        ("task:group exists", True),
        ("task:group in [family:batch]", True),
        ("agentConnected == true", True),
        ("agentVersion >= 1.14.10", False),  # versions, not text
        ("agentVersion == 1.14.4", True),
        ("registeredAt >= 2018-02-12T23:59:00Z", True),
        ("runningTasksCount >= 2", True),
        ("runningTasksCount < 10", True),  # numbers, not text
        ("attribute:stack == dev or attribute:stack == prod and runningTasksCount == 2", True),
        ("(attribute:stack == prod or attribute:stack == dev) and runningTasksCount == 3", False),
        ("attribute:stack == prod && !(runningTasksCount == 3) || attribute:x exists", True),
        ("not not attribute:stack == prod", True),
        ("  attribute:stack==prod  ", True),
    ],
)
def test_expressions(expression: str, holds: bool) -> None:  # noqa: FBT001
    assert parse_expression(expression).holds(INSTANCE) is holds
    assert expression_problem(expression) is None


def test_nothing_is_known_of_an_agent_that_is_not_known() -> None:
    assert not parse_expression("agentVersion > 1.0.0").holds(InstanceFacts())
    assert not parse_expression("registeredAt > 2018-01-01").holds(InstanceFacts())
    assert parse_expression("agentConnected == true").holds(InstanceFacts())


@pytest.mark.parametrize(
    ("expression", "position", "what"),
    [
        ("", 0, "a subject is missing"),
        ("attribute:stack", 15, "an operator is missing"),
        ("attribute:stack = prod", 15, "an operator is missing"),
        ("attribute:stack ==", 18, "an argument is missing"),
        ("attribute:stack like prod", 15, "an operator is missing"),
        ("stack == prod", 0, "unknown subject stack; allowed: attribute:NAME, agentConnected"),
        ("attribute: == prod", 0, "unknown subject attribute:"),
        ("  cpu > 3", 2, "unknown subject cpu"),
        ("agentVersion =~ 1.*", 12, "agentVersion does not support =~; allowed: ==, !=, >, >=, <, <="),
        ("task:group > x", 10, "task:group does not support >"),
        ("attribute:a in b", 14, "expected a list"),
        ("attribute:a in [b", 17, "a closing bracket is missing"),
        ("attribute:a in []", 16, "an argument is missing"),
        ("(attribute:a exists", 19, "a closing parenthesis is missing"),
        ("attribute:a exists)", 18, "unexpected text"),
        ("attribute:a == b attribute:c == d", 16, "unexpected text, or an operator is missing"),
        ("attribute:a == b and", 16, "unexpected text"),
        ("attribute:a =~ [", 14, "[ is not a valid regular expression"),
        ("runningTasksCount > few", 19, "few is not a number"),
        ("agentVersion > new", 14, "new is not a version"),
        ("registeredAt > yesterday", 14, "yesterday is not a date"),
        ("attribute:a == " + "b" * 2000, 2000, "longer than 2000 characters"),
    ],
)
def test_errors_say_where_and_what(expression: str, position: int, what: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse_expression(expression)

    assert raised.value.what.startswith(what)
    assert raised.value.position == position
    problem = expression_problem(expression)
    assert problem is not None
    assert problem.what.startswith(what)
    assert len(str(problem)) < 500


@given(st.text(alphabet="abtriue:=!<>~&|()[],' \"not.in1*", max_size=40))
def test_any_text_is_understood_or_refused(text: str) -> None:
    """It never fails otherwise."""
    if expression_problem(text) is None:
        parse_expression(text).holds(INSTANCE)
