"""How many tasks the addresses of subnets are enough for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdk_containers import ConstructError
from cdk_containers.model.fleet import address_room


def test_aws_keeps_five_addresses_and_a_deployment_needs_them_twice():
    room = address_room([24, 24, 24])
    assert (room.addresses, room.steady, room.while_deploying) == (753, 753, 376)
    assert str(room) == "addresses for 753 tasks or pods, and for 376 while all are deployed"


def test_the_smallest_subnet_is_full_first():
    assert address_room([24, 28]).steady == 22
    assert address_room([24, 28]).addresses == 262


def test_what_else_is_there_takes_addresses():
    assert address_room([28], taken_per_subnet=8, max_healthy_percent=150).while_deploying == 2
    assert address_room([28], taken_per_subnet=100).steady == 0


@given(st.lists(st.integers(16, 28), min_size=1, max_size=6), st.integers(100, 300), st.integers(0, 50))
def test_never_more_than_there_are(prefixes: list[int], percent: int, taken: int):
    room = address_room(prefixes, max_healthy_percent=percent, taken_per_subnet=taken)
    assert 0 <= room.while_deploying <= room.steady <= room.addresses
    assert room.while_deploying * percent // 100 <= room.steady


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(ConstructError, match="3 problems"):
        address_room([8], max_healthy_percent=50, taken_per_subnet=-1)
    with pytest.raises(ConstructError, match="prefix_lengths"):
        address_room([])
