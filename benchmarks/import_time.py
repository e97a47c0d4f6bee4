"""Time the import of `cdk_containers` apart from that of CDK. Run by `run.py`, in a process of its own.

Usage: import_time.py            prints the modules of CDK that the library imports
       import_time.py MODULES    imports those, then the library, and prints the seconds that the library took
"""

from __future__ import annotations

import gc
import json
import sys
from importlib import import_module
from time import perf_counter, process_time

_CDK = ("aws_cdk", "constructs", "jsii")


def main() -> None:
    """Import and print."""
    for name in json.loads(sys.argv[1]) if len(sys.argv) > 1 else ():
        import_module(name)
    gc.collect()
    gc.freeze()  # else whatever happens to fill the collector's last place pays for the walk over all of CDK
    begin, processor = perf_counter(), process_time()
    library = import_module("cdk_containers")
    package = perf_counter() - begin
    for name in library.__all__:
        getattr(library, name)
    names, processor = perf_counter() - begin, process_time() - processor
    if len(sys.argv) > 1:
        print(json.dumps({"package": package, "names": names, "processor": processor}))
    else:
        print(json.dumps([name for name in sys.modules if name.partition(".")[0] in _CDK]))


main()
