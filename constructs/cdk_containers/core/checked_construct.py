"""The base of every construct of this library."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from .errors import ConstructError, Problem, Problems, child_path
from .inputs import check_names_of_construct, is_token, remember_stack
from .whereabouts import remember_path


class CheckedConstruct(Construct):
    """A construct that checks its name like every other input, so that no error comes from CDK's own process.

    So are the names of its options, in its constructor and its methods.
    """

    def __init_subclass__(cls, **arguments: Any) -> None:
        """Let each class check the names of its options."""
        super().__init_subclass__(**arguments)
        check_names_of_construct(cls)

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002
        Problems().raise_for(scope, id)
        if is_token(id):
            # CDK accepts it, and fails when a child needs its path.
            raise ConstructError(child_path(scope, id), [_problem(scope, id, "the name is known only at deployment")])
        try:
            super().__init__(scope, id)
        except (AttributeError, RuntimeError, TypeError) as error:
            # A check by CDK would cost two calls for each construct, and names are almost always valid.
            raise ConstructError(child_path(scope, str(id)), [_problem(scope, id, str(error))]) from None
        remember_stack(self, scope)
        remember_path(self, scope, id)


def _problem(scope: object, name: object, message: str) -> Problem:
    if not isinstance(scope, Construct):
        return Problem(option="scope", what="not a construct", given=repr(scope), allowed="the parent, usually a stack")
    if not isinstance(name, str):
        return Problem(option="id", what="not a name", given=repr(name), allowed="a name among the parent's children")
    if not name:
        return Problem(option="id", what="the name is empty", given=repr(name), allowed="a name such as Web")
    if "already a Construct" in message:
        return Problem(
            option="id", what="the parent already has a child with this name", given=repr(name), allowed="another name"
        )
    return Problem(option="id", what=message.splitlines()[0], given=repr(name), allowed="a name that CDK accepts")
