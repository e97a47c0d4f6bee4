"""Write the facts about EC2 instance types that the package carries.

`python scripts/update_instances.py` rewrites `constructs/cdk_containers/model/instances/instance_types.csv`.

Most facts come out of moto, which carries the answer of EC2's DescribeInstanceTypes. What that call does not tell is
how many tasks in awsvpc mode an instance holds with ENI trunking. Those numbers are below, from two sources:

- for types up to 2023, the table of the ECS developer guide,
  https://docs.aws.amazon.com/AmazonECS/latest/developerguide/eni-trunking-supported-instance-types.html, in its last
  version on GitHub (awsdocs/amazon-ecs-developer-guide, doc_source/container-instance-eni.md, June 2023). It also names
  families that do not support trunking with ECS, though EC2 could do it for Kubernetes: the guide has the last word.
- for later types, pkg/aws/vpc/limits.go of aws/amazon-vpc-resource-controller-k8s, generated 2025-10-06. It counts the
  branch interfaces that are left when all ordinary interfaces are in use. ECS attaches two, the primary and the trunk,
  so its limit is `BranchInterface + Interface - 2`: that gives the guide's number for all the types that both list.

A type in neither is written without a limit.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator, Mapping
from importlib import metadata, resources
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "constructs" / "cdk_containers" / "model" / "instances" / "instance_types.csv"
READ = "2026-11-22"
COLUMNS = (
    "name",
    "vcpus",
    "memory_mib",
    "architecture",
    "gpus",
    "neuron_devices",
    "network_interfaces",
    "trunked_tasks",
    "hypervisor",
    "pod_interfaces",
    "interface_addresses",
)

# EC2 does not tell of these; an UltraServer's instance has what a trn2.48xlarge has.
_NEURON_DEVICES = {"trn2u.48xlarge": 16}

# Tasks with ENI trunking by size. A size that is not in a family's column is not in the source either.
_GRAVITON = {
    "medium": 4,
    "large": 10,
    "xlarge": 20,
    "2xlarge": 40,
    "4xlarge": 60,
    "8xlarge": 60,
    "9xlarge": 60,
    "12xlarge": 60,
    "16xlarge": 120,
    "18xlarge": 120,
    "24xlarge": 120,
    "48xlarge": 120,
    "metal": 120,
}
_LATER_X86 = _GRAVITON | {"8xlarge": 90, "12xlarge": 120, "32xlarge": 120, "96xlarge": 120}
_FLEX = {"large": 4, "xlarge": 10, "2xlarge": 20, "4xlarge": 40, "8xlarge": 60, "12xlarge": 120, "16xlarge": 120}


def _column(families: str, tasks_by_size: Mapping[str, int]) -> dict[str, Mapping[str, int]]:
    return dict.fromkeys(families.split(), tasks_by_size)


_BY_FAMILY: Mapping[str, Mapping[str, int]] = {
    **_column("m5 m5a m5ad m5d c5 c5a c5ad c5d r5 r5a r5ad r5d", _GRAVITON),
    **_column("m6g m6gd c6g c6gd c6gn r6g r6gd m7g m7gd c7g c7gd c7gn r7g r7gd", _GRAVITON),
    **_column("m8g m8gd c8g c8gd r8g r8gd i4g im4gn is4gen g5g", _GRAVITON),
    **_column("c8gn r8gn r8gb", {size: tasks for size, tasks in _GRAVITON.items() if size != "metal"}),
    **_column("m6a m6i m6id m6idn m6in c6a c6i c6id c6in r6a r6i r6id r6idn r6in", _LATER_X86),
    **_column("m7a m7i c7a c7i r7a r7i r7iz m8i c8i r8i g6 g6e gr6", _LATER_X86),
    **_column("m7i-flex c7i-flex m8i-flex c8i-flex r8i-flex", _FLEX),
    "a1": {**_GRAVITON, "medium": 10},
    "i7i": {**_LATER_X86, "12xlarge": 90},
    "i4i": {
        "xlarge": 8,
        "2xlarge": 28,
        "4xlarge": 58,
        "8xlarge": 118,
        "12xlarge": 118,
        "16xlarge": 248,
        "24xlarge": 118,
        "32xlarge": 498,
        "metal": 498,
    },
    "g5": {
        "xlarge": 6,
        "2xlarge": 19,
        "4xlarge": 40,
        "8xlarge": 90,
        "12xlarge": 120,
        "16xlarge": 120,
        "24xlarge": 120,
        "48xlarge": 120,
    },
    "g6f": {"large": 10, "xlarge": 20, "2xlarge": 40, "4xlarge": 60},
    "gr6f": {"4xlarge": 60},
    "p4d": {"24xlarge": 120},
    "p4de": {"24xlarge": 120},
    "p5": {"48xlarge": 120},
}

# Named by the guide as not supported, although their families are.
_NOT_TRUNKED = frozenset(
    {
        "a1.metal",
        "c5.metal",
        "c5a.8xlarge",
        "c5ad.8xlarge",
        "c5d.metal",
        "m5.metal",
        "r5.metal",
        "r5.8xlarge",
        "r5d.metal",
    }
)

_SIZE = re.compile(r"(metal)(?:-\d+xl)?$")


def trunked_tasks(name: str) -> int | None:
    """Return how many tasks in awsvpc mode an instance holds with ENI trunking, if a source tells."""
    family, _, size = name.partition(".")
    if name in _NOT_TRUNKED:
        return None
    return _BY_FAMILY.get(family, {}).get(_SIZE.sub(r"\1", size))


def rows() -> Iterator[tuple[Any, ...]]:
    """Read moto's instance types, but for those that ECS cannot use: Macs."""
    data = resources.files("moto") / "ec2" / "resources" / "instance_types.json.gz"
    for name, facts in sorted(json.loads(gzip.decompress(data.read_bytes())).items(), key=_order):
        architectures = facts["ProcessorInfo"]["SupportedArchitectures"]
        architecture = next((known for known in ("x86_64", "arm64") if known in architectures), None)
        if architecture is None:
            continue
        yield (
            name,
            facts["VCpuInfo"]["DefaultVCpus"],
            facts["MemoryInfo"]["SizeInMiB"],
            architecture.upper(),
            sum(gpu["Count"] for gpu in facts.get("GpuInfo", {}).get("Gpus", ())),
            sum(device["Count"] for device in facts.get("NeuronInfo", {}).get("NeuronDevices", ()))
            or _NEURON_DEVICES.get(name, 0),
            facts["NetworkInfo"]["MaximumNetworkInterfaces"],
            trunked_tasks(name),
            facts.get("Hypervisor"),
            _pod_interfaces(facts["NetworkInfo"]),
            facts["NetworkInfo"]["Ipv4AddressesPerInterface"],
        )


def _pod_interfaces(network: Mapping[str, Any]) -> int:
    """Count the interfaces of the first network card, which are those that the VPC CNI gives pods addresses from."""
    first = network.get("DefaultNetworkCardIndex", 0)
    cards = {card["NetworkCardIndex"]: card["MaximumNetworkInterfaces"] for card in network.get("NetworkCards", ())}
    return int(cards.get(first, network["MaximumNetworkInterfaces"]))


def _order(item: tuple[str, Any]) -> tuple[str, int, str]:
    family, _, size = item[0].partition(".")
    return family, item[1]["VCpuInfo"]["DefaultVCpus"], size


def text() -> str:
    """Put the file together."""
    out = io.StringIO()
    out.write(
        f"# Facts about EC2 instance types, written by scripts/update_instances.py. Do not edit.\n"
        f"# Source: EC2 DescribeInstanceTypes as moto {metadata.version('moto')} carries it, read {READ};\n"
        f"# trunked_tasks (tasks in awsvpc mode with ENI trunking): ECS developer guide, June 2023, and for later\n"
        f"# types aws/amazon-vpc-resource-controller-k8s, generated 2025-10-06. No hypervisor: bare metal.\n"
        f"# pod_interfaces: interfaces of the first network card; interface_addresses: IPv4 addresses of each.\n"
    )
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows())
    return out.getvalue()


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
    print(f"{TARGET.name}: {text().count(chr(10)) - 6} instance types")
