"""What somebody has accepted in writing: the reasons that constructs and people leave in the metadata of a resource."""

from __future__ import annotations

from collections.abc import Mapping

from cdk_containers.checks.templates import Resource

KEY = "cdk_containers"


def acknowledgements(resource: Resource) -> Mapping[str, str]:
    """Return the reasons by the id of the practice."""
    ours = resource.metadata.get(KEY)
    opt_outs = ours.get("opt_outs") if isinstance(ours, Mapping) else None
    if not isinstance(opt_outs, Mapping):
        return {}
    return {str(id_): str(reason) for id_, reason in opt_outs.items() if str(reason).strip()}
