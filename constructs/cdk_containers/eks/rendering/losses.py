"""Collects what differs on Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator

from cdk_containers.core.errors import Problem

from .rendered import Loss


class Losses:
    """Collects the losses of one workload, the first one for each option."""

    def __init__(self) -> None:
        self._found: dict[str, Loss] = {}

    def __iter__(self) -> Iterator[Loss]:
        return iter(self._found.values())

    def add(self, loss: Loss) -> None:
        """Add a loss, unless its option already has one; a refusal replaces anything else."""
        known = self._found.get(loss.option)
        if known is None or (loss.kind == "refused" and known.kind != "refused"):
            self._found[loss.option] = loss

    def refuse(self, option: str, what: str, *, instead: str, practice: str | None = None) -> None:
        """Report an option that is not supported."""
        self.add(Loss(option=option, kind="refused", what=what, instead=instead, practice=practice))

    def approximate(self, option: str, what: str, *, instead: str, practice: str | None = None) -> None:
        """Report an option with a slightly different meaning."""
        self.add(Loss(option=option, kind="approximated", what=what, instead=instead, practice=practice))

    def leave(self, option: str, what: str, *, instead: str) -> None:
        """Report an option that the platform handles itself."""
        self.add(Loss(option=option, kind="platform", what=what, instead=instead))

    def has_refused(self, option: str) -> bool:
        """Tell whether an option or a part of it is refused."""
        return any(
            loss.kind == "refused" and (name == option or name.startswith((f"{option}.", f"{option}[")))
            for name, loss in self._found.items()
        )


def refusals(losses: tuple[Loss, ...]) -> list[Problem]:
    """Return refusals as problems, for the error of a construct."""
    return [
        Problem(option=loss.option, what=loss.what, allowed=loss.instead, practice=loss.practice)
        for loss in losses
        if loss.kind == "refused"
    ]
