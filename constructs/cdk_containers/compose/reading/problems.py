"""Problems with the files of a project."""

from __future__ import annotations

from cdk_containers.core.documents import Problem, Problems


class ComposeError(Exception):
    """A project that cannot be used.

    Attributes:
        lines: All problems, each with its file, line and column.
    """

    def __init__(self, *lines: str) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


def _printable(text: str) -> str:
    """Return a text as one line."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


class Found:
    """The known problems with the files of a project."""

    def __init__(self) -> None:
        self._files: dict[str, Problems] = {}

    def of(self, file: str) -> Problems:
        """Return the modifiable list of problems of a file."""
        return self._files.setdefault(file, Problems())

    def refuse(self, file: str, message: str) -> None:
        """Record a problem with a whole file."""
        self.of(file).add(Problem((), None, None, message))

    @property
    def lines(self) -> list[str]:
        """All problems by file. Problems that aliases repeat are included once."""
        found: dict[tuple[str, int | None, int | None, str], str] = {}
        for file, problems in self._files.items():
            for one in problems.in_order():
                found.setdefault((file, one.line, one.column, one.message), _printable(one.text(file)))
        return list(found.values())

    def stop(self) -> None:
        """Raise an error if there are problems.

        Raises:
            ComposeError: There are problems; all are reported at once.
        """
        if self.lines:
            raise ComposeError(*self.lines)
