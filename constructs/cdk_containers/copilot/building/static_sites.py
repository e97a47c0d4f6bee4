from __future__ import annotations
def make_static_site(making, workload):
    raise NotImplementedError
