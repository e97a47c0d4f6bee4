"""Synthesize an app with some web services, and say what the process took. Run by `run.py`, in a process of its own.

Usage: synthesize.py {library,handwritten,patterns,on_ec2} COUNT FOLDER [--count-calls]
"""

from __future__ import annotations

import atexit
import json
import resource
import sys
from pathlib import Path
from typing import Any

# Said before jsii is imported, hence done after jsii has ended its Node process: only then is its share known.
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

    process._NodeProcess.send = counting  # noqa: SLF001


def main() -> None:
    """Synthesize."""
    variant, count, folder, *options = sys.argv[1:]
    if "--count-calls" in options:
        count_calls()
    import aws_cdk as cdk  # noqa: PLC0415

    match variant:
        case "library":
            from library import add_services  # noqa: PLC0415
        case "on_ec2":
            from on_ec2 import add_services  # noqa: PLC0415
        case "patterns":
            from patterns import add_services  # noqa: PLC0415
        case "handwritten":
            from handwritten import add_services  # noqa: PLC0415
        case _:
            raise SystemExit(__doc__)
    app = cdk.App(outdir=folder)
    add_services(cdk.Stack(app, "Benchmark"), int(count))
    app.synth()
    template = json.loads((Path(folder) / "Benchmark.template.json").read_text())
    result["resources"] = len(template["Resources"])


main()
