"""Time the import of `cdk_containers` apart from that of CDK. Run by `run.py`, in a process of its own.

Usage: import_time.py            prints the modules of CDK that the library imports
       import_time.py MODULES    imports those, then the library, and prints the seconds that the library took
"""

from __future__ import annotations

import gc
import json
import sys
from importlib import import_module
from time import perf_counter

_CDK = ("aws_cdk", "constructs", "jsii")
_WEB_SERVICE = ("AlbExposure", "ApplicationLoadBalancer", "Cluster", "ListenerRule", "Network", "WebService")


def main() -> None:
    """Import and print."""
    for name in json.loads(sys.argv[1]) if len(sys.argv) > 1 else ():
        import_module(name)
    gc.collect()
    gc.freeze()  # else whatever happens to fill the collector's last place pays for the walk over all of CDK
    begin = perf_counter()
    library = import_module("cdk_containers")
    taken = {"package": perf_counter() - begin}
    for part, names in (("web_service", _WEB_SERVICE), ("names", library.__all__)):
        for name in names:
            getattr(library, name)
        taken[part] = perf_counter() - begin
    modules = [name for name in sys.modules if name.partition(".")[0] in _CDK]
    print(json.dumps(taken if len(sys.argv) > 1 else modules))


main()
