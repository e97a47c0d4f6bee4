"""Compare our check of an option's type with libraries that read type hints too. Not part of `make bench`.

Usage: type_checks.py

typeguard comes with CDK, pydantic with the development tools; beartype is compared where it is installed. Each row is a
value that a user gives for an option; `!` marks an answer that would be wrong for us. Then follow what is said about a
wrong value, and the time that the options of a service take.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from inspect import unwrap
from timeit import repeat
from typing import Any, Literal, NamedTuple, get_type_hints

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_sns as sns
from subject import IMAGE

from cdk_containers import AlbExposure, BackendService, Cluster, Container, Disabled, Network
from cdk_containers.core.inputs import argument_problems

Check = Callable[[object, Any], str]
"""Says what is wrong with a value where a hint is; nothing if it fits."""


class Case(NamedTuple):
    """A value for an option."""

    what: str
    value: object
    hint: Any
    fits: bool


def ours(value: object, hint: Any) -> str:
    """Check as constructs do."""

    def construct(*, option: object) -> None: ...

    construct.__annotations__["option"] = hint
    return "\n".join(str(problem) for problem in argument_problems(construct, {"option": value}))


def with_typeguard(value: object, hint: Any) -> str:
    """Check with typeguard, in the version that CDK pins."""
    typeguard = import_module("typeguard")
    return _caught(lambda: typeguard.check_type("option", value, hint))


def with_pydantic(value: object, hint: Any) -> str:
    """Check with a `TypeAdapter` of pydantic, without conversions."""
    return _caught(lambda: _adapter(hint).validate_python(value))


@cache
def _adapter(hint: Any) -> Any:
    config = {"strict": True, "arbitrary_types_allowed": True}
    return import_module("pydantic").TypeAdapter(hint, config=config)


def with_beartype(value: object, hint: Any) -> str:
    """Check with beartype."""
    door = import_module("beartype.door")
    return _caught(lambda: door.die_if_unbearable(value, hint))


def _caught(check: Callable[[], object]) -> str:
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            check()
        except Exception as error:  # noqa: BLE001  (each library has its own)
            return f"{type(error).__name__}: {error}"
    return ""


CHECKS: Mapping[str, Check] = {
    "ours": ours,
    "typeguard": with_typeguard,
    "pydantic": with_pydantic,
    "beartype": with_beartype,
}


def cases(stack: cdk.Stack, network: Network) -> list[Case]:
    """Return values that users give, right and wrong."""
    topic = sns.Topic(stack, "Topic")
    number = cdk.Token.as_number({"Ref": "Count"})
    return [
        Case("a number", 2, int, fits=True),
        Case("a number as text", "2", int, fits=False),
        Case("True for a number", True, int, fits=False),  # noqa: FBT003  (a value like others)
        Case("1024.0, from a calculation", 1024.0, int, fits=True),
        Case("1.5 for a whole number", 1.5, int, fits=False),
        Case("a token for a number", number, int, fits=True),
        Case("a token for text", cdk.Fn.import_value("Name"), str, fits=True),
        Case("a token for a list", cdk.Token.as_list(cdk.Fn.split(",", "a")), Sequence[str], fits=True),
        Case("text for a list of texts", "app.py", Sequence[str], fits=False),
        Case("a choice", "ARM64", Literal["ARM64", "X86_64"], fits=True),
        Case("a choice that there is not", "arm64", Literal["ARM64", "X86_64"], fits=False),
        Case("True where Disabled switches off", True, Literal[True] | Disabled, fits=True),  # noqa: FBT003
        Case("1 where Disabled switches off", 1, Literal[True] | Disabled, fits=False),
        Case("a VPC for an interface of CDK", network.vpc, ec2.IVpc, fits=True),
        Case("a topic for a VPC", topic, ec2.IVpc, fits=False),
        Case("the class for a VPC", ec2.Vpc, ec2.IVpc, fits=False),
        Case("the last of 50 is wrong", [*["a"] * 49, 5], Sequence[str], fits=False),
        Case("a secret in a mapping", {"PASSWORD": b"hunter2"}, Mapping[str, str], fits=False),
    ]


def main() -> None:
    """Print the comparison."""
    stack = cdk.Stack(cdk.App(), "Stack")
    network = Network(stack, "Network")
    checks = {name: check for name, check in CHECKS.items() if name == "ours" or find_spec(name)}
    listed = cases(stack, network)
    print(f"{'':36}" + "".join(f"{name:12}" for name in checks))
    for case in listed:
        answers = [not check(case.value, case.hint) for check in checks.values()]
        shown = [("fits" if answer else "refused") + ("" if answer == case.fits else " !") for answer in answers]
        print(f"{case.what:36}" + "".join(f"{answer:12}" for answer in shown))
    wrong = [case for case in listed if not case.fits and case.what.startswith(("a choice", "text", "a secret"))]
    for case in [*wrong, Case("two of three", ["a", 5, None], Sequence[str], fits=False)]:
        print(f"\n{case.what}, {case.hint}:")
        for name, check in checks.items():
            print(f"  {name}: " + check(case.value, case.hint).replace("\n", "\n    "))
    _print_times(checks, Cluster(stack, "Cluster", network=network))


def _print_times(checks: Mapping[str, Check], cluster: Cluster) -> None:
    """Print the time for the options that a service is usually given."""
    given = {
        "cluster": cluster,
        "container": Container(image=IMAGE, environment={"A": "1", "B": "2"}),
        "exposure": [AlbExposure(port=8080)],
        "desired_count": 3,
        "security_groups": [ec2.SecurityGroup(cluster, "Group", vpc=cluster.vpc)],
    }
    function = unwrap(BackendService.__init__)
    hints = {name: hint for name, hint in get_type_hints(function).items() if name in given}
    arguments = {**(function.__kwdefaults__ or {}), **given}

    def one_by_one(check: Check) -> list[str]:
        return [check(given[option], hint) for option, hint in hints.items()]

    print("\nThe options of a service, five of them given, in microseconds:")
    for name, check in checks.items():
        whole = partial(argument_problems, function, arguments) if name == "ours" else partial(one_by_one, check)
        print(f"  {name}: {min(repeat(whole, number=100, repeat=5)) * 10_000:.0f}")


if __name__ == "__main__":
    main()
