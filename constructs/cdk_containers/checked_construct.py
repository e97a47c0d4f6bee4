"""The base of every construct of this library."""

from __future__ import annotations

from constructs import Construct

from .errors import ConstructError, Problem, child_path
from .inputs import is_token, remember_stack


class CheckedConstruct(Construct):
    """A construct whose name is checked like every other input, so that no error comes out of CDK's own process."""

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002
        if is_token(id):
            # CDK takes it, and fails when a child asks for its path.
            raise ConstructError(child_path(scope, id), [_problem(scope, id, "the name is known only at deployment")])
        try:
            super().__init__(scope, id)
        except (AttributeError, RuntimeError, TypeError) as error:
            # Asking CDK first would cost two calls for each construct, and it is almost never wrong.
            raise ConstructError(child_path(scope, str(id)), [_problem(scope, id, str(error))]) from None
        remember_stack(self, scope)


def _problem(scope: object, name: object, message: str) -> Problem:
    if not isinstance(scope, Construct):
        return Problem(option="scope", what="not a construct", given=repr(scope), allowed="the parent, mostly a stack")
    if not isinstance(name, str):
        return Problem(option="id", what="not a name", given=repr(name), allowed="a name among the parent's children")
    if not name:
        return Problem(option="id", what="the name is empty", given=repr(name), allowed="a name such as Web")
    if "already a Construct" in message:
        return Problem(
            option="id", what="the parent has a child with this name", given=repr(name), allowed="another name"
        )
    return Problem(option="id", what=message.splitlines()[0], given=repr(name), allowed="a name that CDK takes")
