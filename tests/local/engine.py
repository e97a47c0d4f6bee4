"""A stand-in for a container engine: it records its calls, and its containers end when they are told to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

SCRIPT = r"""#!/bin/sh
here=$(dirname "$0")
{ for word in "$@"; do printf '%s\037' "$word"; done; echo; } >> "$here/calls"
for name in "$@"; do :; done
short=${name#cdk-containers-????????-}
case $1 in
  --version) cat "$here/version" ;;
  info) exit "$(cat "$here/info" 2>/dev/null || echo 0)" ;;
  create)
    while [ "$1" != --name ]; do shift; done
    short=${2#cdk-containers-????????-}
    env > "$here/env.$short"
    mkfifo "$here/end.$short" ;;
  start)
    [ "$2" = --attach ] || exit 0
    : > "$here/runs.$short"
    echo "line of $short"
    [ -f "$here/code.$short" ] && exit "$(cat "$here/code.$short")"
    read code < "$here/end.$short"
    exit "$code" ;;
  inspect) [ -f "$here/runs.$short" ] && echo running || echo created ;;
  image)
    [ -f "$here/missing" ] && [ "$3" != --format ] && exit 1
    [ "$3" = --format ] && cat "$here/architecture" ;;
  exec) exit "$(cat "$here/health" 2>/dev/null || echo 0)" ;;
  login) cat > "$here/password" ;;
  build | pull)
    [ -f "$here/slow" ] && { mkfifo "$here/never"; : > "$here/building"; read word < "$here/never"; }
    [ -f "$here/broken" ] && { echo "no space left on device" >&2; exit 1; } ;;
  stop) [ -f "$here/code.$short" ] || echo 0 > "$here/end.$short" ;;
  network) [ "$3" = --label ] && [ -f "$here/no-link-local" ] && case "$*" in *169.254*) exit 1 ;; esac ;;
esac
exit 0
"""
_RUN = re.compile(r"cdk-containers-[0-9a-f]{8}")


@dataclass(frozen=True)
class StandIn:
    """The stand-in, by what it does and what it was told."""

    folder: Path

    def says(self, **files: object) -> None:
        """Have it behave otherwise."""
        for name, content in files.items():
            (self.folder / name.replace("_", "-")).write_text(f"{content}")

    def ends(self, **codes: int) -> None:
        """Have containers end with these codes as soon as they start."""
        for name, code in codes.items():
            (self.folder / f"code.{name.replace('_', '-')}").write_text(f"{code}")

    @property
    def calls(self) -> list[list[str]]:
        """Its calls, without what is another name in each run."""
        path = self.folder / "calls"
        records = path.read_text().split("\037\n") if path.exists() else []
        return [_RUN.sub("RUN", record).split("\037") for record in records if record]

    def named(self, verb: str) -> list[str]:
        """The containers that a verb was said of, in order."""
        return [call[-1].removeprefix("RUN-") for call in self.calls if call[0] == verb]

    def created(self, name: str) -> list[str]:
        """The call that made a container."""
        return next(call for call in self.calls if call[0] == "create" and f"RUN-{name}" in call)

    def environment(self, name: str) -> dict[str, str]:
        """The environment of the engine when it made a container."""
        lines = (self.folder / f"env.{name}").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)


def stand_in(folder: Path, name: str = "docker", version: str = "Docker version 27.3.1, build ce12230") -> StandIn:
    """Put one on the PATH."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(SCRIPT)
    path.chmod(0o755)
    made = StandIn(folder)
    made.says(version=version, architecture="amd64")
    return made
