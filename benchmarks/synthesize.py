"""Synthesize services or jobs, and say what the process took; `run.py` runs it in its own process.

Usage: synthesize.py WAY COUNT FOLDER [--count-calls] [--no-tree]; WAY is a module beside this one, such as library
"""

from __future__ import annotations

import atexit
import json
import resource
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

# Registered before jsii is imported, so that it runs after jsii has ended its Node process and its share is known.
result: dict[str, Any] = {}


@atexit.register
def _say_result() -> None:
    unit = 1 if sys.platform == "darwin" else 1024
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    result["peak_bytes"] = sum(use.ru_maxrss for use in uses) * unit
    result["processor_seconds"] = sum(use.ru_utime + use.ru_stime for use in uses)
    print(json.dumps(result))


def count_calls() -> None:
    """Count the messages to CDK's process from now on, by what they ask for."""
    from jsii._kernel.providers import process  # noqa: PLC0415

    calls: dict[str, int] = {}
    result["calls"] = calls
    send = process._NodeProcess.send  # noqa: SLF001

    def counting(self: Any, request: Any, response_type: Any) -> Any:
        kind = type(request).__name__.removesuffix("Request")
        calls[kind] = calls.get(kind, 0) + 1
        return send(self, request, response_type)

    process._NodeProcess.send = counting  # type: ignore[method-assign]  # noqa: SLF001


def main() -> None:
    """Synthesize."""
    variant, count, folder, *options = sys.argv[1:]
    if "--count-calls" in options:
        count_calls()
    import aws_cdk as cdk  # noqa: PLC0415

    if not (Path(__file__).parent / f"{variant}.py").exists():
        raise SystemExit(__doc__)
    add_services = import_module(variant).add_services
    # 30 services are more than CloudFormation takes in one stack; what is measured is synthesis.
    tree = False if "--no-tree" in options else None
    app = cdk.App(outdir=folder, context={"@aws-cdk/core:stackResourceLimit": 1000}, tree_metadata=tree)
    add_services(cdk.Stack(app, "Benchmark"), int(count))
    app.synth()
    template = json.loads((Path(folder) / "Benchmark.template.json").read_text())
    result["resources"] = len(template["Resources"])


main()
