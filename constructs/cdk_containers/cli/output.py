"""Output of reports: to a file, or to a terminal with its width and colours."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from cdk_containers.core.frozen import frozen

from .errors import UsageError

_WIDTH_OF_FILES = 120


@frozen(kw_only=False)
class Output:
    """The destination of a report.

    Attributes:
        path: File; None for the standard output.
        option: Option that names the file.
        colour: Whether to use colours.
        width: Width of a line in characters.
    """

    path: Path | None
    option: str
    colour: bool
    width: int

    @classmethod
    def to(cls, path: Path | None, *, option: str = "--output") -> Output:
        """Return the destination that an option names.

        Raises:
            UsageError: The file cannot be written.
        """
        if path is not None:
            if not path.parent.is_dir():
                raise UsageError(f"{option}: there is no folder {path.parent}")
            if path.is_dir():
                raise UsageError(f"{option}: {path} is a folder")
        terminal = path is None and sys.stdout.isatty()
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        width = shutil.get_terminal_size().columns if terminal else _WIDTH_OF_FILES
        return cls(path, option, colour=terminal and not plain, width=width)

    def write(self, text: str, summary: str) -> None:
        """Write a report. If it goes to a file, print the summary."""
        if self.path is None:
            print(text)
            return
        try:
            self.path.write_text(text.rstrip("\n") + "\n", encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise UsageError(f"{self.option}: {self.path}: {error.strerror or error}") from None
        print(summary)
