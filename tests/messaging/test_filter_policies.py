"""Filter policies of subscriptions: what SNS takes, and what it refuses."""

from typing import Any

import pytest

from cdk_containers.messaging.filter_policies import FilterPolicyScope, filter_policy_problems

TOKEN = "${Token[Shop.Size.12]}"  # noqa: S105  (CDK's own marker)

ATTRIBUTES: FilterPolicyScope = "MessageAttributes"
BODY: FilterPolicyScope = "MessageBody"


def conditions(*values: Any) -> dict[str, Any]:
    return {"key": list(values)}


@pytest.mark.parametrize(
    "value",
    [
        "large",
        "",
        5,
        -1.5,
        True,
        None,
        TOKEN,
        {"prefix": "order-"},
        {"suffix": ".png"},
        {"equals-ignore-case": "Large"},
        {"wildcard": "*.png"},
        {"exists": False},
        {"cidr": "10.0.0.0/24"},
        {"cidr": "2001:db8::/32"},
        {"cidr": TOKEN},
        {"numeric": ["=", 5]},
        {"numeric": [">", 0, "<=", 150]},
        {"numeric": ["<", 1e9]},
        {"anything-but": "large"},
        {"anything-but": 5},
        {"anything-but": ["large", "small"]},
        {"anything-but": [1, 2]},
        {"anything-but": {"prefix": "order-"}},
        {"anything-but": {"suffix": ".png"}},
    ],
)
def test_what_sns_takes_has_no_problem(value: Any):
    assert filter_policy_problems(conditions(value), ATTRIBUTES) == []


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (10**9 + 1, "out of range"),
        ({"begins-with": "order-"}, "begins-with is not an SNS operator"),
        ({"prefix": 5}, "prefix requires text"),
        ({"prefix": ""}, "prefix requires text"),
        ({"prefix": "a", "suffix": "b"}, "neither a value nor an operator"),
        ({}, "neither a value nor an operator"),
        (["large"], "neither a value nor an operator"),
        ({"exists": "yes"}, "exists requires true or false"),
        ({"cidr": "10.0.0.0/33"}, "cidr requires a range"),
        ({"cidr": "10.0.0.1"}, "cidr requires a range"),
        ({"cidr": 10}, "cidr requires a range"),
        ({"numeric": 5}, "numeric requires one comparison"),
        ({"numeric": "=5"}, "numeric requires one comparison"),
        ({"numeric": ["="]}, "numeric requires one comparison"),
        ({"numeric": ["=", "5"]}, "numeric compares only with numbers"),
        ({"numeric": ["=", True]}, "numeric compares only with numbers"),
        ({"numeric": ["!=", 5]}, "numeric compares with ="),
        ({"numeric": ["=", 2e9]}, "out of range"),
        ({"numeric": ["<", 9, ">", 5]}, "a range has first its lower bound"),
        ({"numeric": [">", 9, "<", 5]}, "the range is empty"),
        ({"anything-but": []}, "anything-but accepts texts or numbers"),
        ({"anything-but": ["a", 1]}, "anything-but accepts texts or numbers"),
        ({"anything-but": [True]}, "anything-but accepts texts or numbers"),
        ({"anything-but": {"exists": True}}, "or one operator on text"),
        ({"anything-but": {"prefix": 5}}, "prefix requires text"),
    ],
)
def test_what_sns_refuses_is_a_problem_at_its_place(value: Any, what: str):
    [problem] = filter_policy_problems(conditions("right", value), ATTRIBUTES)
    assert (problem.option, problem.practice) == ("['key'][1]", "filter-policy")
    assert what in problem.what


@pytest.mark.parametrize(
    ("policy", "option", "what"),
    [
        ({}, "", "the policy filters nothing"),
        ({"key": "large"}, "['key']", "not a list"),
        ({"key": []}, "['key']", "no value would match"),
        ({"key": {"inner": ["a"]}}, "['key']", "nested keys, which only a policy for the message body"),
        ({f"key{n}": ["a"] for n in range(6)}, "", "too many keys"),
        ({"a": [str(n) for n in range(16)], "b": [str(n) for n in range(10)]}, "", "too many combinations"),
        ({"key": ["x" * 262144]}, "", "too large"),
    ],
)
def test_a_policy_has_limits(policy: dict[str, Any], option: str, what: str):
    [problem] = filter_policy_problems(policy, ATTRIBUTES)
    assert problem.option == option
    assert what in problem.what


def test_limits_are_within_reach():
    at_the_limit = {"a": [str(n) for n in range(15)], "b": [str(n) for n in range(10)]}
    assert filter_policy_problems(at_the_limit, ATTRIBUTES) == []
    assert filter_policy_problems({f"key{n}": ["a"] for n in range(5)}, ATTRIBUTES) == []


def test_a_policy_for_the_body_may_be_nested_and_counts_its_depth():
    # AWS's own example: (4 x 3) x (3 x 2) x 3 = 216.
    policy = {
        "key_a": {"key_b": {"key_c": ["1", "2", "3", "4"]}},
        "key_d": {"key_e": ["1", "2", "3"]},
        "key_f": ["1", "2", "3"],
    }
    [problem] = filter_policy_problems(policy, BODY)
    assert problem.given == "216"
    assert filter_policy_problems({**policy, "key_f": ["1", "2"]}, BODY) == []


def test_wrong_values_are_found_however_deep():
    [problem] = filter_policy_problems({"order": {"size": ["large", {"prefix": 5}]}}, BODY)
    assert problem.option == "['order']['size'][1]"
    [problem] = filter_policy_problems({"order": {}}, BODY)
    assert problem.what == "the key is empty"


def test_alternatives_are_policies_and_their_combinations_add_up():
    policy = {"source": ["shop"], "$or": [{"size": ["large"]}, {"price": [{"numeric": [">", 100]}]}]}
    assert filter_policy_problems(policy, ATTRIBUTES) == []
    [problem] = filter_policy_problems({"$or": [{"size": ["large"]}, {"price": [{"numeric": 5}]}]}, ATTRIBUTES)
    assert problem.option == "['$or'][1]['price'][0]"
    many = [{"a": [str(n) for n in range(100)]}, {"b": [str(n) for n in range(60)]}]
    [problem] = filter_policy_problems({"$or": many}, ATTRIBUTES)
    assert problem.given == "160"
