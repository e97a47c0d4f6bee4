"""Which requests of a load balancer go to a service."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from ipaddress import ip_network

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token

from .rule_priorities import FIRST, LAST, Conditions

_HOST = re.compile(r"[A-Za-z0-9.*?_-]{1,128}")
_METHOD = re.compile(r"[A-Z_-]{1,40}")
_MAX_VALUES = 5
"""Maximum values in all conditions of one listener rule together."""


@frozen
class ListenerRule:
    """Which requests a load balancer sends to a service: all conditions must match, each by any of its values.

    Attributes:
        paths: Paths such as `/api/*`. Default: every path.
        hosts: Host names such as `api.example.com`. Default: every host.
        headers: Accepted values by header name. Default: any.
        methods: HTTP methods such as `GET`. Default: any.
        source_ips: CIDR blocks of callers. Default: any.
        priority: Priority, 1–50000; the load balancer evaluates lower numbers first. An imported load balancer may have
            rules that are not known here, so choose a free number. Default: a number derived from the service and its
            exposure, which stays the same when you add another service; more specific rules come first.

    See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
    """

    paths: Sequence[str] = ()
    hosts: Sequence[str] = ()
    headers: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    methods: Sequence[str] = ()
    source_ips: Sequence[str] = ()
    priority: int | None = None

    @property
    def conditions(self) -> Conditions:
        """The conditions by field; a rule without any matches every path."""
        given = {"host": self.hosts, "method": self.methods, "path": self.paths, "source-ip": self.source_ips}
        conditions = {name: values for name, values in given.items() if values}
        conditions |= {f"header {name.lower()}": values for name, values in self.headers.items()}
        return conditions or {"path": ["/*"]}

    def problems(self) -> list[Problem]:
        """Find problems with this rule."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        count = sum(len(values) for values in self.conditions.values())
        if count > _MAX_VALUES:
            found.add(
                "",
                "too many values for one listener rule",
                given=count,
                allowed=f"up to {_MAX_VALUES} in all",
                practice="listener-rule-priority",
            )
        for option, right, what, allowed in (
            ("paths", lambda path: path.startswith(("/", "*")), "a path begins with a slash", "a path such as /api/*"),
            ("hosts", _HOST.fullmatch, "not a host name", "a name such as *.example.com, alone"),
            ("methods", _METHOD.fullmatch, "not a method", "capital letters, such as GET"),
            ("source_ips", _is_block, "not a CIDR block", "a CIDR block such as 10.0.0.0/8, or 10.0.0.1/32"),
        ):
            for value in getattr(self, option):
                if not is_token(value) and not right(value):
                    found.add(option, what, given=value, allowed=allowed)
        if self.priority is not None and not is_token(self.priority) and not FIRST <= self.priority <= LAST:
            found.add(
                "priority",
                "out of range",
                given=self.priority,
                allowed=f"{FIRST}–{LAST}",
                practice="listener-rule-priority",
            )
        return list(found)


def _is_block(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return "/" in text  # Elastic Load Balancing refuses an address without its mask
