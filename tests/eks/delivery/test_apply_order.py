"""The order of files of manifests, against its definition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cdk_containers.eks.delivery.apply_order import in_order

NAMES = st.sampled_from("abcd")


def namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def definition(name: str) -> dict[str, Any]:
    names = {"kind": f"Kind{name}"}
    metadata = {"name": name}
    return {"apiVersion": "v1", "kind": "CustomResourceDefinition", "metadata": metadata, "spec": {"names": names}}


def member(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": name}}


def custom(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": f"Kind{name}", "metadata": {"name": "x", "namespace": "nowhere"}}


FILES = st.lists(
    st.lists(st.one_of(*(st.builds(make, NAMES) for make in (namespace, definition, member, custom))), max_size=3),
    max_size=7,
)


def by_definition(files: Sequence[Sequence[dict[str, Any]]]) -> Iterator[int]:
    """Take the first file that needs nothing of another that waits, or the first of all."""

    def needs(one: int, other: int) -> bool:
        return any(
            (made["kind"] == "ConfigMap" and given == namespace(made["metadata"]["namespace"]))
            or (given["kind"] == "CustomResourceDefinition" and given["spec"]["names"]["kind"] == made["kind"])
            for made in files[one]
            for given in files[other]
        )

    waiting = list(range(len(files)))
    while waiting:
        free = (one for one in waiting if not any(needs(one, other) for other in waiting if other != one))
        taken = next(free, waiting[0])
        waiting.remove(taken)
        yield taken


@given(FILES)
def test_the_order_is_that_of_the_definition(files: list[list[dict[str, Any]]]):
    named = {str(number): tuple(made) for number, made in enumerate(files)}
    found = list(in_order(named))
    assert [int(name) for name, _ in found] == list(by_definition(files))
    assert dict(found) == named
