"""What the machine that builds an image is told, which is in the manifest of the assets and not in the template."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecr_assets as ecr_assets

from cdk_containers import FargateTaskDefinition, Image, NotSecret, TaskOptions
from tests.toolkit import container


def test_a_build_is_told_everything(tmp_path: Any):
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    app = cdk.App()
    stack = cdk.Stack(app, "Shop")
    cache = ecr_assets.DockerCacheOption(type="registry", params={"ref": "cache.example.com/shop"})
    image = Image.from_asset(
        tmp_path,
        build_args={"VERSION": "1", "TOKEN": NotSecret("X-CSRF", reason="the name of a header")},
        build_secrets={"npm": "src=.npmrc"},
        build_ssh="default",
        cache_from=[cache],
        cache_to=cache,
        network="host",
    )
    FargateTaskDefinition(stack, "Task", containers=[container(image=image)], options=TaskOptions(architecture="ARM64"))
    directory = Path(app.synth().directory)
    assets = json.loads((directory / "Shop.assets.json").read_text())
    [source] = [asset["source"] for asset in assets["dockerImages"].values()]
    assert source["dockerBuildArgs"] == {"VERSION": "1", "TOKEN": "X-CSRF"}
    assert source["dockerBuildSecrets"] == {"npm": "src=.npmrc"}
    assert source["dockerBuildSsh"] == "default"
    assert source["networkMode"] == "host"
    assert source["platform"] == "linux/arm64"
    said = {"type": "registry", "params": {"ref": "cache.example.com/shop"}}
    assert source["cacheFrom"] == [said]
    assert source["cacheTo"] == said
