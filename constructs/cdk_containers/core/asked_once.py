"""Caches values of CDK that do not change, because each access is a call into its process."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


def asked_once(question: Callable[[_Asked], _Answer]) -> Callable[[_Asked], _Answer]:
    """Cache the result for each object, as long as the object exists."""
    answers: WeakKeyDictionary[_Asked, _Answer] = WeakKeyDictionary()

    @wraps(question)
    def ask(asked: _Asked) -> _Answer:
        if asked not in answers:
            answers[asked] = question(asked)
        return answers[asked]

    return ask
