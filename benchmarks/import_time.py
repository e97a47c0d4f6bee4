"""Time the import of `cdk_containers` apart from that of CDK, by the time of the processor.

    python benchmarks/import_time.py        # the medians of nine fresh processes

`run.py` takes some processes in each of its rounds. In each, the modules of CDK that the library takes are imported
first. Bytecode is there, as it is from the second run on.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
from importlib import import_module
from time import process_time

_CDK = ("aws_cdk", "constructs", "jsii")
_WEB_SERVICE = (
    "AlbExposure",
    "ApplicationLoadBalancer",
    "Cluster",
    "ListenerRule",
    "Network",
    "Repository",
    "WebService",
)
_PROCESSES = 9


def cdk_modules() -> str:
    """Return the modules of CDK that the library imports, as JSON."""
    return _in_new_process("modules")


def sample(modules: str) -> dict[str, float]:
    """Return the seconds that one process takes: for those of CDK, the package, a web service and all names."""
    return dict(json.loads(_in_new_process("time", modules)))


def _in_new_process(*arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, __file__, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def _modules() -> list[str]:
    library = import_module("cdk_containers")
    for name in library.__all__:
        getattr(library, name)
    return [name for name in sys.modules if name.partition(".")[0] in _CDK]


def _time(modules: list[str]) -> dict[str, float]:
    begin = process_time()
    for name in modules:
        import_module(name)
    taken = {"cdk": process_time() - begin}
    gc.collect()
    gc.freeze()  # else whatever happens to fill the collector's last place pays for the walk over all of CDK
    begin = process_time()
    library = import_module("cdk_containers")
    taken["package"] = process_time() - begin
    for part, names in (("web_service", _WEB_SERVICE), ("names", library.__all__)):
        for name in names:
            getattr(library, name)
        taken[part] = process_time() - begin
    return taken


def main() -> None:
    """Measure, or do in its own process what is measured."""
    match sys.argv[1:]:
        case ["modules"]:
            print(json.dumps(_modules()))
        case ["time", modules]:
            print(json.dumps(_time(json.loads(modules))))
        case _:
            modules = cdk_modules()
            taken = [sample(modules) for _ in range(_PROCESSES)]
            for part in taken[0]:
                print(f"{part:12} {1000 * statistics.median(each[part] for each in taken):5.0f} ms")


if __name__ == "__main__":
    main()
