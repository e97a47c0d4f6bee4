"""No wrong value, wherever it is given, lets anything out but a `ConstructError`.

Each option of everything is given things that do not belong there. What comes is our error, or, where the value happens
to be right, something that can be synthesized.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_containers import AlbExposure, ApplicationLoadBalancer, ConstructError, Container, Disabled, NotSecret, Port
from cdk_containers.load_balancing import ListenerRule
from tests.subjects import SUBJECTS, Subject
from tests.toolkit import IMAGE, certificate, container, network, new_stack, synth, web

WRONG: Any = 5
JUNK: list[Any] = [
    None,
    5,
    -1,
    0,
    2.5,
    "",
    "x y",
    "/",
    True,
    False,
    object(),
    int,
    [],
    [None],
    ["x"],
    [5],
    {},
    {"a": None},
    {5: 5},
    {"a": "b"},
    {"a": NotSecret(WRONG, reason=WRONG)},
    b"x",
    timedelta(seconds=1),
    timedelta(milliseconds=1500),
    Disabled("short"),
    Disabled(WRONG),
    cdk.RemovalPolicy.DESTROY,
    [
        Container(
            image=WRONG,
            name=WRONG,
            ports=WRONG,
            environment=WRONG,
            secrets=WRONG,
            user=WRONG,
            tmpfs=WRONG,
            cpu=WRONG,
            depends_on=WRONG,
            health_check=WRONG,
            restart=WRONG,
            stop_timeout=WRONG,
            mounts=WRONG,
            log_driver=WRONG,
        )
    ],
]


def shared(stack: cdk.Stack) -> ApplicationLoadBalancer:
    found = stack.node.try_find_child("Shared")
    if isinstance(found, ApplicationLoadBalancer):
        return found
    return ApplicationLoadBalancer(
        stack, "Shared", network=network(stack, "Inside"), certificates=[certificate(stack, "SharedCertificate")]
    )


def behind_shared(stack: cdk.Stack, given: dict[str, Any]) -> object:
    balancer = shared(stack)
    other = AlbExposure(port=8080, load_balancer=balancer, rule=ListenerRule(paths=["/other"]))
    return web(
        stack,
        container=container(ports=[8080]),
        exposure=[AlbExposure(**{"port": 8080, "load_balancer": balancer} | given), other],
    )


# The same parts inside a service, where other checks read them too.
MORE = [
    Subject(Container, lambda stack, given: web(stack, container=Container(**given)), lambda _: {"image": IMAGE}),
    Subject(
        Container,
        lambda stack, given: web(
            stack, container=container(ports=[8080], depends_on={"side": "START"}), sidecars=[Container(**given)]
        ),
        lambda _: {"image": IMAGE, "name": "side"},
    ),
    Subject(
        Port, lambda stack, given: web(stack, container=container(ports=[Port(**given)])), lambda _: {"number": 8080}
    ),
    Subject(AlbExposure, behind_shared),
    Subject(ListenerRule, lambda stack, given: behind_shared(stack, {"rule": ListenerRule(**given)})),
]


def options() -> list[Any]:
    return [
        pytest.param(subject, option, id=f"{subject.name}-{option}{'-in-a-service' if subject in MORE else ''}")
        for subject in [*SUBJECTS, *MORE]
        for option in subject.options
        if f"{subject.name}.{option}" not in ("EfsVolume.name", "SharedVolume.name")  # the subject reads them itself
    ]


@pytest.mark.parametrize(("subject", "option"), options())
def test_a_wrong_value_is_refused_by_our_own_error(subject: Subject, option: str):
    stack = new_stack()
    base = subject.base(stack)
    around: list[str] | None = None
    late = [cdk.Duration.millis(1500), cdk.Duration.minutes(cdk.Token.as_number(cdk.Fn.ref("Minutes")))]
    errors: list[ConstructError] = []
    for value in [*JUNK, *late]:
        try:
            subject.make(stack, base | {option: value})
        except ConstructError as error:
            errors.append(error)
            left = [child.node.id for child in stack.node.children]
            if around is not None and left != around:
                pytest.fail(f"{value!r} was refused and left {set(left) - set(around)} behind")
            around = left
        else:
            synth(stack)
            stack, around = new_stack(), None
            base = subject.base(stack)
    assert errors, "some of it was wrong"
    assert all(error.problems and error.problems[0].option != "id" for error in errors)
    assert not [error for error in errors if "jsii" in str(error)]
