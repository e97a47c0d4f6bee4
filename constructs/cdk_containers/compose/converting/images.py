"""Converts the image of a service."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from cdk_containers.core.secret_texts import kind_of_secret

from ..reading.models import Service
from .context import Context
from .known_images import is_pinned
from .names import container_name
from .source import Raw, call, quoted

_OVERLAYS = Path("images")


def image_of(context: Context, name: str, service: Service, overlay: dict[str, str], output: Path | None) -> Any:
    """Return the image of a service as an expression.

    Args:
        context: The conversion.
        name: The service.
        service: Its definition.
        overlay: Files to copy into the image: paths outside, by paths in the container.
        output: Folder of the app, if it is inside the project.
    """
    if service.build is not None:
        if overlay:
            paths = ", ".join(overlay.values())
            message = f"{paths}: the service has its own Dockerfile: add `COPY` there, and choose `none`"
            context.refuse(name, "volumes", message=message)
        return _built(context, name, service, output)
    if not service.image:
        context.refuse(name, message="it has neither `image` nor `build`")
        return ""
    if any(character.isspace() for character in service.image):
        context.refuse(name, "image", message=f"got {service.image!r}; expected a reference such as nginx:1.29")
    if overlay:
        return _overlaid(context, name, service.image, overlay)
    if not is_pinned(service.image):
        context.say(name, f"`{service.image}` has no version, so you cannot tell later which version ran: add a tag")
        return call("Image.from_registry", service.image, pinned=Raw("UNPINNED"))
    return service.image


def _built(context: Context, name: str, service: Service, output: Path | None) -> Any:
    build = service.build
    assert build is not None  # noqa: S101  (the caller looked)
    where = build.context or "."
    if "://" in where or where.startswith("git@"):
        context.refuse(
            name, "build", "context", message=("the build context must be a folder: clone the repository first")
        )
        return ""
    folder = context.project.folder / where
    dockerfile = folder / (build.dockerfile or "Dockerfile")
    if not dockerfile.is_file():
        context.refuse(name, "build", message=f"there is no Dockerfile {os.path.normpath(dockerfile)}")
    for argument, value in (build.args or {}).items():
        if context.is_empty(name, "build", "args", argument):
            message = f"its value comes from the shell: write {argument}: ${{{argument}}} and add it to .env"
            context.refuse(name, "build", "args", argument, message=message)
        elif kind_of_secret(argument, value) is not None:
            message = (
                "it looks like a secret, and build arguments stay in the image: `Image.from_asset(build_secrets=…)`"
            )
            context.refuse(name, "build", "args", argument, message=message)
    inside = output is not None and output.resolve().is_relative_to(folder.resolve())
    own = [str(output.resolve().relative_to(folder.resolve()))] if inside and output is not None else []
    path = os.path.normpath(where)
    return call(
        "Image.from_asset",
        Raw("PROJECT") if path == "." else Raw(f"PROJECT / {quoted(path)}"),
        file=build.dockerfile if build.dockerfile not in (None, "Dockerfile") else None,
        target=build.target,
        build_args=dict(build.args) if build.args else None,
        network=build.network,
        exclude=own if own and own != ["."] else None,
    )


def _overlaid(context: Context, name: str, image: str, overlay: dict[str, str]) -> Any:
    folder = _OVERLAYS / container_name(name)
    lines = [f"FROM {image}"]
    for number, (target, source) in enumerate(overlay.items(), start=1):
        copied = f"{number}-{container_name(Path(source).name)}"
        context.copies[context.project.folder / source] = folder / copied
        lines.append(f"COPY {copied} {target}")
    context.texts[folder / "Dockerfile"] = "\n".join([*lines, ""])
    context.say(name, f"{', '.join(overlay.values())}: now part of the image, built from `{folder}`")
    return call("Image.from_asset", Raw(f"ROOT / {quoted(str(folder))}"))
