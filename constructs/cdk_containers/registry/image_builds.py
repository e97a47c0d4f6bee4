"""Image builds as CDK options."""

from __future__ import annotations

from typing import Any

from cdk_containers.core.cdk_modules import ecr_assets
from cdk_containers.model.workload import AssetImage
from cdk_containers.model.workload.secrets import plain_value


def build_options(asset: AssetImage) -> dict[str, Any]:
    """Return CDK's options of a build, except its directory and platform."""
    given: dict[str, Any] = {
        "file": asset.file,
        "target": asset.target,
        "build_args": {name: plain_value(value) for name, value in asset.build_args.items()},
        "build_secrets": dict(asset.build_secrets),
        "build_ssh": asset.build_ssh,
        "exclude": list(asset.exclude),
        "cache_from": list(asset.cache_from),
        "cache_to": asset.cache_to,
        "network_mode": None if asset.network is None else ecr_assets.NetworkMode.custom(asset.network),
    }
    return {name: value for name, value in given.items() if value}
