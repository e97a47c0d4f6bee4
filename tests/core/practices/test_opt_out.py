from dataclasses import FrozenInstanceError

import pytest

from cdk_containers.core.practices import Disabled


def test_a_reason_that_says_something_is_no_problem():
    assert Disabled("nginx writes its cache to /var/cache").problem() is None
    assert Disabled(reason="0123456789").problem() is None


@pytest.mark.parametrize(
    ("reason", "problem"),
    [
        ("", "the reason is empty"),
        (" \n\t ", "the reason is empty"),
        ("because", "the reason has 7 characters; write at least 10"),
        ("   because   ", "the reason has 7 characters; write at least 10"),
        (None, "the reason must be text, not NoneType"),
        (True, "the reason must be text, not bool"),
        (["nginx writes its cache"], "the reason must be text, not list"),
    ],
)
def test_a_reason_that_says_nothing_is_a_problem_and_not_an_exception(reason: object, problem: str):
    assert Disabled(reason).problem() == problem  # type: ignore[arg-type]


def test_it_needs_a_reason():
    with pytest.raises(TypeError, match="reason"):
        Disabled()  # type: ignore[call-arg]


def test_it_is_a_value():
    assert Disabled("no cache to write") == Disabled("no cache to write")
    with pytest.raises(FrozenInstanceError):
        Disabled("no cache to write").reason = "other"  # type: ignore[misc]
