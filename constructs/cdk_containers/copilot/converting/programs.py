"""Turns recorded calls into a program for each stack, without unused values and with single-use values inlined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from cdk_containers.core.frozen import frozen

from .expressions import Expression, Global
from .recording import Step

REASON = "The workload ran like this with AWS Copilot, and its manifest sets nothing else"
"""Occurs so often in a module that it gets a name."""

AS_BEFORE = Expression(
    "call", None, (Expression("global", Global("cdk_containers", "Disabled")), Expression("value", REASON))
)
"""A default that is turned off."""

_STACK = ("aws_cdk", "Stack")


@frozen(kw_only=False)
class Program:
    """The calls that create a stack. The first call creates the stack itself.

    Attributes:
        name: Name of the stack.
        steps: The calls; `step` in them is a number in this list.
    """

    name: str
    steps: tuple[Step, ...]


@frozen(kw_only=False)
class Recorded:
    """The recorded programs.

    Attributes:
        programs: Programs of stacks, in order.
        dependencies: Names of stacks, each with a stack that must exist first.
    """

    programs: tuple[Program, ...]
    dependencies: tuple[tuple[str, str], ...]


def programs_of(steps: Sequence[Step], kinds: Mapping[str, tuple[str, str]]) -> Recorded:
    """Return the programs in a record.

    Args:
        steps: The record.
        kinds: What stacks are, by name: their environment, and what is the same thing in each environment.
    """
    starts = [place for place, step in enumerate(steps) if is_stack(step.expression)]
    names = {place: str(steps[place].expression.parts[2].name) for place in starts}
    dependencies = [
        (names[step.expression.parts[0].name], names[step.expression.parts[1].name])
        for step in steps
        if _is_dependency(step)
    ]
    cut: dict[str, list[tuple[int, Step]]] = {}
    before = 0
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(steps)
        kept = [
            *_needed(steps, start, before),
            *(place for place in range(start, end) if not _is_dependency(steps[place])),
        ]
        cut[names[start]] = [(place, steps[place]) for place in kept]
        before = start
    # What has a name in one environment has it in all of them, or the programs would differ.
    named: dict[str, set[str]] = {}
    for name, own in cut.items():
        environment, kind = kinds[name]
        uses = _uses(own)
        named.setdefault(kind, set()).update(
            _shape(step.expression, dict(own), environment)
            for place, step in own
            if not step.effect and uses[place] > 1
        )
    programs = []
    for name, own in cut.items():
        environment, kind = kinds[name]
        shapes = {place: _shape(step.expression, dict(own), environment) for place, step in own if not step.effect}
        in_all = {place for place, shape in shapes.items() if shape in named[kind]}
        programs.append(Program(name, _simplified(own, in_all)))
    return Recorded(tuple(programs), tuple(dependencies))


def _shape(expression: Expression, steps: Mapping[int, Step], environment: str) -> str:
    """Return the kind of an expression, independent of the environment."""
    whole = expression.map(lambda one: _unfolded(one, steps) if one.kind == "step" else one)
    return repr(whole).replace(environment, "\0")


def _unfolded(one: Expression, steps: Mapping[int, Step]) -> Expression:
    step = steps.get(one.name)
    if step is None or step.effect:
        return Expression("step", step.hint if step is not None else None)
    return step.expression.map(lambda part: _unfolded(part, steps) if part.kind == "step" else part)


def is_stack(expression: Expression) -> bool:
    """Tell whether a call makes a stack."""
    if expression.kind != "call" or expression.parts[0].kind != "global":
        return False
    target = expression.parts[0].name
    return (target.module, target.name) == _STACK


def _is_dependency(step: Step) -> bool:
    return step.expression.kind == "method" and step.expression.name == "add_stack_dependency"


def _needed(steps: Sequence[Step], start: int, before: int) -> list[int]:
    """Return the arguments of a stack's call, which come before it."""
    found: list[int] = []
    for part in steps[start].expression.parts[2:]:
        for one in part.walk():
            if one.kind == "step" and one.name > before and not steps[one.name].effect:
                found = [*_needed_by(steps, one.name), one.name, *found]
    return found


def _needed_by(steps: Sequence[Step], place: int) -> list[int]:
    return [one.name for one in steps[place].expression.walk() if one.kind == "step"]


def _uses(steps: list[tuple[int, Step]]) -> Counter[int]:
    """Count how often the result of each step is used by steps that are kept."""
    known = dict(steps)
    uses = Counter(one.name for _, step in steps if step.effect for one in step.expression.walk() if one.kind == "step")
    waiting = [name for name in uses if name in known and not known[name].effect]
    while waiting:
        for one in known[waiting.pop()].expression.walk():
            if one.kind == "step":
                uses[one.name] += 1
                if uses[one.name] == 1 and one.name in known and not known[one.name].effect:
                    waiting.append(one.name)
    return uses


def _simplified(steps: list[tuple[int, Step]], named: Collection[int]) -> tuple[Step, ...]:
    """Omit unused values, and inline values that are used once."""
    uses = _uses(steps)
    inlined: dict[int, Expression] = {}
    places: dict[int, int] = {}
    made: list[Step] = []

    def change(expression: Expression) -> Expression:
        if expression.kind != "step":
            return expression
        if expression.name in inlined:
            return inlined[expression.name]
        return Expression("step", places[expression.name])

    start = next(place for place, step in steps if is_stack(step.expression))
    stack: tuple[Step, ...] = ()
    for place, step in steps:
        if not step.effect and not uses[place]:
            continue
        if place == start:
            parts = step.expression.parts
            head = Expression("setting", "scope")
            expression = Expression(
                "call", None, (parts[0], head, *(part.map(change) for part in parts[2:])), step.expression.keys
            )
            stack = (Step(expression, step.effect, step.hint, step.result),)
            places[place] = -1
            continue
        expression = step.expression.map(change)
        if not step.effect and (_is_short(expression) or (uses[place] == 1 and place not in named)):
            inlined[place] = expression
            continue
        places[place] = len(made)
        made.append(Step(expression, step.effect, step.hint, step.result))
    return (*stack, *(_shifted(step) for step in made))


def _shifted(step: Step) -> Step:
    def change(one: Expression) -> Expression:
        return Expression("step", one.name + 1) if one.kind == "step" else one

    return Step(step.expression.map(change), step.effect, step.hint, step.result)


def _is_short(expression: Expression) -> bool:
    """Tell whether an expression reads better inline than as a variable."""
    if expression == AS_BEFORE:
        return True
    while expression.kind in ("attribute", "item"):
        expression = expression.parts[0]
    return expression.kind in ("global", "step", "value")
