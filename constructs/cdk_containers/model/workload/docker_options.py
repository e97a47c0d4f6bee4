"""Options that only Docker supports, and no other container runtime of ECS."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import field

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token

_HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*\.?")
_LINK = re.compile(r"[A-Za-z0-9_-]+(:[A-Za-z0-9_.-]+)?")


@frozen
class DockerOptions:
    """Docker options for a container: only on EC2 and on machines outside AWS, and most not with awsvpc networking.

    Attributes:
        hostname: Host name of the container; not with awsvpc. Default: Docker's, the id of the container.
        links: Containers of the task that this container can reach by name, as `name` or `name:alias`; bridge
            networking only. Default: none.
        extra_hosts: Addresses by name, written to `/etc/hosts`; not with awsvpc. Default: none.
        dns_servers: Addresses of name servers; not with awsvpc. Default: the instance's.
        dns_search_domains: Domains in which short names are looked up; not with awsvpc. Default: the instance's.
        security_options: Options such as `no-new-privileges`, or labels of SELinux or AppArmor, which require agent
            settings (`ECS_SELINUX_CAPABLE`, `ECS_APPARMOR_CAPABLE`). Default: none.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters_ec2.html
    """

    hostname: str | None = None
    links: Sequence[str] = ()
    extra_hosts: Mapping[str, str] = field(default_factory=dict[str, str])
    dns_servers: Sequence[str] = ()
    dns_search_domains: Sequence[str] = ()
    security_options: Sequence[str] = ()

    @property
    def network_options(self) -> dict[str, object]:
        """The given options that do not work with awsvpc, by name."""
        names = ("hostname", "links", "extra_hosts", "dns_servers", "dns_search_domains")
        return {name: value for name in names if (value := getattr(self, name))}

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        names = {
            "hostname": [] if self.hostname is None else [self.hostname],
            "extra_hosts": list(self.extra_hosts),
            "dns_search_domains": list(self.dns_search_domains),
        }
        for option, hosts in names.items():
            if wrong := [host for host in hosts if not is_token(host) and not _HOST.fullmatch(host)]:
                found.add(option, "not the name of a host", given=wrong, allowed="a name such as db.example.internal")
        addresses = {"extra_hosts": self.extra_hosts.values(), "dns_servers": self.dns_servers}
        for option, given in addresses.items():
            if wrong := [address for address in given if not is_token(address) and not _is_address(address)]:
                found.add(option, "not an address", given=wrong, allowed="an IP address such as 10.0.0.2")
        if wrong := [link for link in self.links if not is_token(link) and not _LINK.fullmatch(link)]:
            found.add("links", "not a link", given=wrong, allowed="name, or name:alias")
        return list(found)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
