"""The files of an app, from text files beside this module.

`files/common` is in every app, `files/accounts` in apps whose environments have accounts, and `files/KIND` only in apps
of one kind; a file of a kind takes precedence. Placeholders such as `{{name}}` are replaced. The ending `.txt` and the
prefix `dot-` of file names are removed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from cdk_containers.core.version import VERSION

Delivery: TypeAlias = Literal["github", "codepipeline", "none"]
DELIVERIES: tuple[Delivery, ...] = get_args(Delivery)

_FILES = Path(__file__).parent / "files"
_GAP = re.compile(r"\{\{(\w+)\}\}")


def app_files(name: str, delivery: Delivery, *, region: str) -> Mapping[str, str]:
    """Return the files of an app by their paths.

    Args:
        name: The name of the app, such as `shop`.
        delivery: How to deliver it.
        region: The region of its environments.
    """
    values = {"name": name, "class": class_name(name), "region": region, "version": VERSION}
    found: dict[str, str] = {}
    for kind in ("common", *([] if delivery == "none" else ["accounts"]), delivery):
        for path in sorted((_FILES / kind).rglob("*.txt")):
            place = path.relative_to(_FILES / kind).as_posix().removesuffix(".txt")
            parts = [f".{part.removeprefix('dot-')}" if part.startswith("dot-") else part for part in place.split("/")]
            found["/".join(parts)] = _filled(path.read_text(encoding="utf-8"), values)
    return dict(sorted(found.items()))


def class_name(name: str) -> str:
    """Return the name of the app as a class name: `web-shop` becomes `WebShop`."""
    return "".join(part.capitalize() for part in re.split(r"[-_]+", name))


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _GAP.sub(lambda gap: values[gap[1]], text)
