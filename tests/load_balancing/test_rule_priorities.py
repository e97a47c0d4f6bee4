"""Numbers of listener rules: no CDK here, properties that hold for every rule."""

from hypothesis import assume, given
from hypothesis import strategies as st

from cdk_containers.load_balancing.rule_priorities import FIRST, LAST, canonical, derive_priority

FIELDS = st.sampled_from(["path", "host", "method", "source-ip", "header accept", "header x-version"])
VALUES = st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=5, unique=True)
CONDITIONS = st.dictionaries(FIELDS, VALUES, min_size=1, max_size=4)


@given(CONDITIONS)
def test_a_number_belongs_to_its_conditions_and_to_nothing_else(conditions: dict[str, list[str]]):
    number = derive_priority(conditions)
    assert FIRST <= number <= LAST
    assert number == derive_priority(dict(conditions))


@given(CONDITIONS, st.randoms())
def test_the_order_in_which_conditions_are_written_does_not_matter(conditions: dict[str, list[str]], random):
    shuffled = {field: random.sample(values, len(values)) for field, values in reversed(conditions.items())}
    assert derive_priority(shuffled) == derive_priority(conditions)
    assert canonical(shuffled) == canonical(conditions)


@given(CONDITIONS, CONDITIONS)
def test_different_conditions_read_differently(one: dict[str, list[str]], two: dict[str, list[str]]):
    assume({field: sorted(values) for field, values in one.items()} != {f: sorted(v) for f, v in two.items()})
    assert canonical(one) != canonical(two)


@given(CONDITIONS)
def test_every_path_comes_after_anything_more_specific(conditions: dict[str, list[str]]):
    everything = {"path": ["/*"]}
    assume(any(field != "path" or "/*" not in values for field, values in conditions.items()))
    assert derive_priority(conditions) < derive_priority(everything)


def test_a_deeper_path_and_more_kinds_of_conditions_come_first():
    order = [
        {"path": ["/api/orders/*"], "host": ["api.example.com"]},
        {"path": ["/api/orders/*"]},
        {"path": ["/api/*"]},
        {"path": ["/*"]},
    ]
    numbers = [derive_priority(conditions) for conditions in order]
    assert numbers == sorted(numbers)
    assert derive_priority({"path": ["/*"], "host": ["a.example"]}) < derive_priority({"path": ["/*"]})


def test_the_lowest_and_the_highest_numbers_are_left_to_callers():
    numbers = [derive_priority({"path": [f"/{n}/*"]}) for n in range(2_000)]
    assert min(numbers) > 100
    assert max(numbers) < LAST - 100


def test_two_thousand_rules_seldom_meet():
    numbers = [derive_priority({"host": [f"{n}.example.com"]}) for n in range(100)]
    assert len(set(numbers)) >= 98
