"""Who reaches whom by connections, in large apps: each service is visited once, however many ways lead to it."""

from __future__ import annotations

import sys
from itertools import pairwise, product
from typing import Any, cast

from cdk_containers.ecs.connections.connector import Connector


def service() -> Connector:
    nothing = cast("Any", None)
    return Connector(owner=nothing, ways={}, vpc=nothing)


def test_a_way_may_be_long():
    chain = [service() for _ in range(2 * sys.getrecursionlimit())]
    for caller, callee in pairwise(chain):
        caller.calls(callee)
    assert chain[0].reaches(chain[-1]) == chain
    assert chain[-1].reaches(chain[0]) == []


def test_many_ways_to_a_service_are_not_tried_one_by_one():
    layers = [(service(), service()) for _ in range(60)]
    for callers, callees in pairwise(layers):
        for caller, callee in product(callers, callees):
            caller.calls(callee)
    beside = service()
    service().calls(beside)
    assert layers[0][0].reaches(beside) == [], "after 2 to the power of 60 ways the sun would be out"
    found = layers[0][0].reaches(layers[-1][1])
    assert (len(found), found[0], found[-1]) == (60, layers[0][0], layers[-1][1])


def test_a_service_reaches_itself_and_nobody_whom_none_calls():
    one, other = service(), service()
    one.calls(one)
    one.calls(other)
    assert one.reaches(one) == [one]
    assert one.reaches(other) == [one, other]
    assert other.reaches(one) == []
