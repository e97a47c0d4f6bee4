"""Linux kernel permissions and limits of a container."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token

UlimitName = Literal[
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
]

CAPABILITIES = frozenset(
    [
        "ALL",
        "AUDIT_CONTROL",
        "AUDIT_WRITE",
        "BLOCK_SUSPEND",
        "CHOWN",
        "DAC_OVERRIDE",
        "DAC_READ_SEARCH",
        "FOWNER",
        "FSETID",
        "IPC_LOCK",
        "IPC_OWNER",
        "KILL",
        "LEASE",
        "LINUX_IMMUTABLE",
        "MAC_ADMIN",
        "MAC_OVERRIDE",
        "MKNOD",
        "NET_ADMIN",
        "NET_BIND_SERVICE",
        "NET_BROADCAST",
        "NET_RAW",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_ADMIN",
        "SYS_BOOT",
        "SYS_CHROOT",
        "SYS_MODULE",
        "SYS_NICE",
        "SYS_PACCT",
        "SYS_PTRACE",
        "SYS_RAWIO",
        "SYS_RESOURCE",
        "SYS_TIME",
        "SYS_TTY_CONFIG",
        "SYSLOG",
        "WAKE_ALARM",
    ]
)


@frozen
class Ulimit:
    """A limit of the operating system on the processes of a container.

    Attributes:
        name: Name such as `nofile`, which is the only limit on Fargate.
        soft: The limit.
        hard: Limit up to which a process may raise it.
    """

    name: UlimitName
    soft: int
    hard: int

    def problems(self) -> list[Problem]:
        """Find what is wrong with this limit."""
        found = Problems()
        found.extend(field_problems(self))
        if not found and not is_token([self.soft, self.hard]) and self.soft > self.hard >= 0:
            found.add("soft", "more than the hard limit", given=self.soft, allowed=f"up to {self.hard}")
        return list(found)


@frozen
class LinuxOptions:
    """Options of the Linux kernel for a container. Fargate supports only capabilities, and adds only `SYS_PTRACE`.

    Attributes:
        add_capabilities: Capabilities to add, such as `NET_ADMIN`. Default: those of Docker.
        drop_capabilities: Capabilities to drop, such as `ALL`. Default: none.
        shared_memory_mib: Size of `/dev/shm` in MiB. Default: 64, Docker's.
        max_swap_mib: Swap that the container may use, in MiB. Default: none.
        swappiness: How readily the kernel swaps memory, 0–100. Default: 60, Docker's.

    See https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html
    """

    add_capabilities: Sequence[str] = ()
    drop_capabilities: Sequence[str] = ()
    shared_memory_mib: int | None = None
    max_swap_mib: int | None = None
    swappiness: int | None = None

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        for option, names in (
            ("add_capabilities", self.add_capabilities),
            ("drop_capabilities", self.drop_capabilities),
        ):
            if unknown := [name for name in names if name not in CAPABILITIES]:
                found.add(option, "not a capability", given=unknown, allowed="names such as NET_ADMIN, without CAP_")
        for option, value, low, high in (
            ("shared_memory_mib", self.shared_memory_mib, 1, None),
            ("max_swap_mib", self.max_swap_mib, 0, None),
            ("swappiness", self.swappiness, 0, 100),
        ):
            if value is not None and not is_token(value) and (value < low or (high is not None and value > high)):
                found.add(option, "out of range", given=value, allowed=f"{low}–{high}" if high else f"{low} or more")
        if self.swappiness is not None and self.max_swap_mib is None:
            found.add(
                "swappiness",
                "without max_swap_mib it has no effect",
                given=self.swappiness,
                allowed="max_swap_mib as well",
            )
        return list(found)


@frozen(kw_only=False)
class Privileged:
    """Gives a container root permissions on its instance: `privileged=Privileged("loads eBPF programs")`.

    EC2 only. It requires a reason because a process in such a container controls the instance and all tasks on it.

    Attributes:
        reason: Why the container needs them, in words that a reviewer understands.
    """

    reason: str

    def problems(self) -> list[Problem]:
        """Find what is wrong with the reason."""
        found = Problems()
        found.extend(field_problems(self))
        if not found and len(self.reason.strip()) < 10:
            found.add(
                "reason",
                "the reason is too short for a reviewer",
                given=self.reason,
                allowed="at least 10 characters",
                practice="no-privileged-containers",
            )
        return list(found)
