from __future__ import annotations
def make_request_driven(making, workload):
    raise NotImplementedError
