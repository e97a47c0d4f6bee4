"""Directories in memory."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token

MOUNT_OPTIONS_OF_THEIR_OWN = ("mode", "uid", "gid", "exec", "noexec")
"""Options of a mount that a `Tmpfs` has options for."""

_MODE = re.compile(r"[0-7]{3,4}")


@frozen
class Tmpfs:
    """A writable directory in memory, empty when the task starts and deleted when it stops.

    Attributes:
        path: Absolute path in the container.
        size_mib: Upper bound in MiB; what is written counts as the container's memory. Default: 64.
        uid: Number of the user who owns it. Default: the container's `user`, if that is a number.
        gid: Number of the group that owns it. Default: the group in the container's `user`, if that is a number.
        mode: Permissions in octal digits, such as `0700`. Default: `1777` if no owner is known, otherwise those of the
            directory that it covers.
        exec: Whether programs may run from it, as those do that unpack native code to `/tmp`. Default: False.
        options: Further mount options that ECS knows, such as `noatime` or `nr_inodes=4096`. Default: none.

    See https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tmpfs.html
    """

    path: str
    size_mib: int = 64
    uid: int | None = None
    gid: int | None = None
    mode: str | None = None
    exec: bool = False
    options: Sequence[str] = ()

    def problems(self) -> list[Problem]:
        """Find what is wrong with this directory."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if not is_token(self.path) and not self.path.startswith("/"):
            found.add("path", "not an absolute path", given=self.path, allowed="a path such as /tmp")
        if not is_token(self.size_mib) and self.size_mib < 1:
            found.add("size_mib", "out of range", given=self.size_mib, allowed="1 or more")
        for option, number in (("uid", self.uid), ("gid", self.gid)):
            if number is not None and (is_token(number) or number < 0):
                given = Shown("a token") if is_token(number) else number
                found.add(option, "out of range", given=given, allowed="0 or more, known at synthesis")
        if self.mode is not None and not is_token(self.mode) and not _MODE.fullmatch(self.mode):
            found.add("mode", "no permissions", given=self.mode, allowed="three or four octal digits, such as 0700")
        for index, option in enumerate(self.options):
            name = option.partition("=")[0]
            if name in MOUNT_OPTIONS_OF_THEIR_OWN:
                found.add(f"options[{index}]", "this has its own option", given=option, allowed=f"Tmpfs({name}=…)")
        return list(found)

    def mount_options(self, user: str | None) -> list[str]:
        """Return the mount options for a container that runs as a user, None if only the image knows.

        Engines differ in what they do without being told: Docker mounts without execution. The owner is never that of
        the directory that is covered, and older engines put the permissions of that directory back after `mode`.
        """
        owner, _, group = (user or "").partition(":")
        uid = int(owner) if self.uid is None and owner.isdecimal() else self.uid
        gid = int(group) if self.gid is None and group.isdecimal() else self.gid
        mode = "1777" if self.mode is None and uid is None and gid is None else self.mode
        given = {"uid": uid, "gid": gid, "mode": mode}
        return [
            *("rw", "nosuid", "nodev", "exec" if self.exec else "noexec"),
            *(f"{name}={value}" for name, value in given.items() if value is not None),
            *self.options,
        ]
