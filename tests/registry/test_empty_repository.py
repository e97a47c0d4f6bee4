"""What cannot be deployed without an image warns of a repository that its own stack creates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from constructs import Construct

from cdk_containers import (
    ExpressService,
    PullThroughCache,
    Repository,
    ScheduledJob,
    ServiceScaling,
)
from tests.toolkit import backend, cluster, container, new_stack, web, worker

WARNING = "cdk-containers:first-deployment:empty-repository"


def warned(stack: cdk.Stack) -> list[str]:
    found = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.any_value())
    return [text for message in found if WARNING in (text := str(message.entry.data))]


@pytest.mark.parametrize(
    "make",
    [
        lambda stack, image: web(stack, image=image),
        lambda stack, image: backend(stack, sidecars=[container(name="side", image=image)], memory_limit_mib=1024),
        lambda stack, image: worker(stack, image=image, scaling=ServiceScaling(min_tasks=1, max_tasks=2)),
        lambda stack, image: ExpressService(stack, "Express", cluster=cluster(stack), image=image),
    ],
)
class TestWhatWaitsForItsTasks:
    def test_warns_of_a_repository_of_its_own_stack(self, make: Callable[[cdk.Stack, Any], Construct]) -> None:
        stack = new_stack()
        make(stack, Repository(stack, "Images").image("1.4.2"))
        [warning] = warned(stack)
        assert "it creates Shop/Images/Repository without an image" in warning
        assert "Create the repository in its own stack" in warning

    def test_is_silent_of_one_of_another_stack(self, make: Callable[[cdk.Stack, Any], Construct]) -> None:
        stack = new_stack()
        make(stack, Repository(cdk.Stack(stack.node.root, "Registry"), "Images").image("1.4.2"))
        assert warned(stack) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda stack: web(
            stack, image=Repository.from_attributes(stack, "Images", repository_name="shop/web").image("1.4.2")
        ),
        lambda stack: web(stack, image=Repository(stack, "Images").image("1.4.2"), desired_count=0),
        lambda stack: worker(
            stack,
            image=Repository(stack, "Images").image("1.4.2"),
            scaling=ServiceScaling(min_tasks=0, max_tasks=2),
        ),
        lambda stack: ScheduledJob(
            stack,
            "Nightly",
            cluster=cluster(stack),
            image=Repository(stack, "Images").image("1.4.2"),
            schedule="rate(1 day)",
        ),
    ],
    ids=["exists already", "no task", "scales from zero", "a job starts later"],
)
def test_nothing_waits(make: Callable[[cdk.Stack], object]) -> None:
    stack = new_stack()
    make(stack)
    assert warned(stack) == []


def test_a_cache_is_filled_by_the_first_pull() -> None:
    stack = new_stack()
    cache = PullThroughCache(stack, "Cache", upstream="public.ecr.aws", prefix="public")
    web(stack, image=cache.image("nginx/nginx", "1.29.1"))
    assert warned(stack) == []
