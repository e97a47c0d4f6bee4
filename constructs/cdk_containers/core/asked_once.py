"""Asking CDK once for what does not change: each answer is a call into its process."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


def asked_once(question: Callable[[_Asked], _Answer]) -> Callable[[_Asked], _Answer]:
    """Remember the answer for each object that is asked, for as long as the object is there."""
    answers: WeakKeyDictionary[_Asked, _Answer] = WeakKeyDictionary()

    @wraps(question)
    def ask(asked: _Asked) -> _Answer:
        if asked not in answers:
            answers[asked] = question(asked)
        return answers[asked]

    return ask
