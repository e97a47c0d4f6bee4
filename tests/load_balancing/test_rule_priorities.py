"""Numbers of listener rules: no CDK here, properties that hold for every rule."""

import random
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cdk_containers.load_balancing.rule_priorities import (
    FIRST,
    LAST,
    OWN_FIRST,
    OWN_LAST,
    band_of,
    before,
    canonical,
    choices,
    choose_priority,
    specificity,
    without_tokens,
)

FIELDS = st.sampled_from(["path", "host", "method", "source-ip", "header accept", "header x-version"])
VALUES = st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=5, unique=True)
CONDITIONS = st.dictionaries(FIELDS, VALUES, min_size=1, max_size=4)
NAMES = st.text(min_size=1, max_size=30)


@given(CONDITIONS, NAMES)
def test_a_number_belongs_to_what_has_the_rule_and_to_nothing_else(conditions: dict[str, list[str]], name: str):
    number = choose_priority(conditions, name)
    assert FIRST < OWN_FIRST <= number <= OWN_LAST < LAST
    assert number == choose_priority(dict(reversed(conditions.items())), name)


@given(CONDITIONS, st.randoms())
def test_the_order_in_which_conditions_are_written_does_not_matter(conditions: dict[str, list[str]], dice):
    shuffled = {field: dice.sample(values, len(values)) for field, values in reversed(conditions.items())}
    assert choose_priority(shuffled, "Shop/Web") == choose_priority(conditions, "Shop/Web")
    assert canonical(shuffled) == canonical(conditions)


@given(CONDITIONS, CONDITIONS)
def test_different_conditions_read_differently(one: dict[str, list[str]], two: dict[str, list[str]]):
    assume({field: sorted(values) for field, values in one.items()} != {f: sorted(v) for f, v in two.items()})
    assert canonical(one) != canonical(two)


@given(CONDITIONS)
def test_every_path_comes_after_anything_more_specific(conditions: dict[str, list[str]]):
    assume(specificity(conditions) > 0)
    assert max(band_of(conditions)) < min(band_of({"path": ["/*"]}))


@pytest.mark.parametrize("conditions", [{}, {"path": ["/*"]}, {"path": ["*"]}, {"host": ["*"]}, {"path": ["/a", "/*"]}])
def test_what_takes_every_request_is_the_least_specific(conditions: dict[str, list[str]]):
    assert specificity(conditions) == 0


def test_more_conditions_deeper_paths_and_fewer_wildcards_come_first():
    order = [
        {"path": ["/api/orders/*"], "host": ["api.example.com"]},
        {"path": ["/api/orders"]},
        {"path": ["/api/orders/*"]},
        {"host": ["api.example.com"]},
        {"host": ["*.example.com"]},
        {"path": ["/*"]},
    ]
    bands = [band_of(conditions) for conditions in order]
    assert all(max(first) < min(second) for first, second in pairwise(bands))
    assert band_of({"path": ["/api"]})[-1] < band_of({"path": ["/api*"]})[0]
    assert band_of({"path": ["/*"], "host": ["a.example"]})[-1] < band_of({"path": ["/*"]})[0]


def test_two_rules_with_the_same_conditions_get_two_numbers():
    conditions = {"path": ["/shop/*"]}
    assert choose_priority(conditions, "Old/Web") != choose_priority(conditions, "New/Web")
    assert choose_priority(conditions, "Shop/Web production") != choose_priority(conditions, "Shop/Web test")


@given(CONDITIONS, CONDITIONS)
def test_test_traffic_is_looked_for_before_the_requests_of_production(
    production: dict[str, list[str]], extra: dict[str, list[str]]
):
    test = {**production, **extra}
    level = before(production)
    assert max(band_of(test, at_least=level)) < min(band_of(production))
    assert choose_priority(test, "Shop/Web test", at_least=level) >= OWN_FIRST


def test_a_full_band_gives_the_numbers_that_are_left():
    band = band_of({"path": ["/*"]})
    free = {band[3], band[700]}
    found = {choose_priority({}, f"{n}", set(band) - free) for n in range(20)}
    assert found <= free
    assert found


def test_tokens_are_all_the_same_text():
    assert without_tokens("/a/${Token[TOKEN.12]}/*") == without_tokens("/a/${Token[Param.7]}/*") == "/a/*/*"
    assert without_tokens("#{Token[TOKEN.3]}") == "*"


# ---- a load balancer of a hundred teams, in hundreds of apps

Rule = tuple[str, dict[str, list[str]]]
ROOT = Path(__file__).parents[2]
SEEDS = 300
TEAMS = 100


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  (the same apps in each run)


def teams(seed: int, count: int = TEAMS) -> list[Rule]:
    numbers = dice(seed).sample(range(10**9), count)
    return [(f"Team{number}/Web/Alb.1f2e3d4c production", {"host": [f"{number}.example.com"]}) for number in numbers]


def assigned(rules: Sequence[Rule]) -> dict[str, int]:
    """Give the rules of an app their numbers, in the order in which it makes them."""
    owners: dict[int, str] = {}
    for identity, conditions in rules:
        number = choose_priority(conditions, identity, owners)
        assert number not in owners
        owners[number] = identity
    return {identity: number for number, identity in owners.items()}


def moved(one: dict[str, int], two: dict[str, int]) -> int:
    return sum(one[identity] != two[identity] for identity in one.keys() & two.keys())


@cache
def apps() -> list[tuple[list[Rule], dict[str, int]]]:
    return [(rules, assigned(rules)) for rules in (teams(seed) for seed in range(SEEDS))]


def test_a_hundred_rules_get_numbers_in_any_order():
    for seed, (rules, numbers) in enumerate(apps()):
        again = assigned(dice(seed).sample(rules, TEAMS))
        assert len(set(again.values())) == len(set(numbers.values())) == TEAMS


def test_a_rule_that_comes_last_moves_no_other():
    for rules, numbers in apps():
        assert moved(numbers, assigned([*rules, ("Late/Web/Alb production", {"host": ["late.example.com"]})])) == 0


def test_a_rule_that_comes_before_others_moves_another_in_few_apps():
    changes = 0
    for seed, (rules, numbers) in enumerate(apps()):
        place = dice(seed).randrange(TEAMS)
        new = (f"New{seed}/Web/Alb production", {"host": ["new.example.com"]})
        changes += moved(numbers, assigned([*rules[:place], new, *rules[place:]]))
    assert changes <= SEEDS * 0.015


def test_a_rule_that_goes_moves_another_in_few_apps():
    changes = 0
    for seed, (rules, numbers) in enumerate(apps()):
        gone = dice(seed).randrange(TEAMS)
        changes += moved(numbers, assigned(rules[:gone] + rules[gone + 1 :]))
    assert changes <= SEEDS * 0.010


def test_few_rules_get_another_number_than_their_first_choice():
    others = sum(
        number != next(choices(conditions, identity))
        for rules, numbers in apps()
        for (identity, conditions), number in zip(rules, numbers.values(), strict=True)
    )
    assert 0 < others <= SEEDS * TEAMS * 0.006


def test_a_rule_of_a_stack_that_cannot_be_seen_seldom_has_a_number_of_an_app():
    collisions = 0
    for seed, (_, numbers) in enumerate(apps()):
        taken = set(numbers.values())
        collisions += sum(choose_priority(c, identity) in taken for identity, c in teams(10_000 + seed, 20))
    assert 0 < collisions <= SEEDS * 20 * 0.010


def test_the_page_says_what_was_measured():
    gone = late = second = strange = 0
    for seed, (rules, numbers) in enumerate(apps()):
        place = dice(seed).randrange(TEAMS)
        gone += moved(numbers, assigned(rules[:place] + rules[place + 1 :]))
        new = (f"New{seed}/Web/Alb production", {"host": ["new.example.com"]})
        late += moved(numbers, assigned([*rules[:place], new, *rules[place:]]))
        second += sum(numbers[identity] != next(choices(conditions, identity)) for identity, conditions in rules)
        taken = set(numbers.values())
        strange += sum(choose_priority(c, identity) in taken for identity, c in teams(10_000 + seed, 20))
    page = (ROOT / "docs/constructs/_text/application-load-balancer.md").read_text()
    for figure in (
        f"{SEEDS} apps of {TEAMS} services",
        f"{late} of {SEEDS}",
        f"{gone} of {SEEDS}",
        f"{second} of {SEEDS * TEAMS:,}".replace(",", " "),
        f"{strange} of {SEEDS * 20:,}".replace(",", " "),
    ):
        assert figure in page, figure
