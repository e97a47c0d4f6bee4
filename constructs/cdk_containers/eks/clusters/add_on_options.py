"""Options of an EKS add-on."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal, cast

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token

if TYPE_CHECKING:
    import aws_cdk as cdk

_VERSION = re.compile(r"v\d+\.\d+\.\d+\S*")


@frozen
class AddOnOptions:
    """Options of an EKS add-on.

    Attributes:
        version: A version, such as `v1.20.4-eksbuild.1`. Default: EKS installs its default for the Kubernetes version
            of the cluster and does not upgrade it later; synthesis looks nothing up.
        configuration: Configuration values, as a mapping or as JSON; `aws eks describe-addon-configuration` prints the
            schema. For a default add-on of a cluster, they are merged into the defaults. Default: none.
        resolve_conflicts: What happens to fields of the add-on that were changed in the cluster: `OVERWRITE` restores
            the add-on's values, `PRESERVE` keeps the changes on updates, `NONE` makes the deployment fail. Default:
            OVERWRITE, so that the cluster matches the template.
        preserve_on_delete: Whether its objects stay in the cluster when the add-on is deleted, for example to move them
            to a Helm chart. Default: False.

    See https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html
    """

    version: str | None = None
    configuration: Mapping[str, Any] | str = field(default_factory=dict)
    resolve_conflicts: Literal["OVERWRITE", "PRESERVE", "NONE"] = "OVERWRITE"
    preserve_on_delete: bool = False

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        known = self.version is None or found.has("version") or is_token(self.version)
        if not known and not _VERSION.fullmatch(self.version or ""):
            found.add(
                "version",
                "not an add-on version",
                given=self.version,
                allowed="a version such as v1.20.4-eksbuild.1, or None for the EKS default",
            )
        if not found.has("configuration"):
            found.extend(_configuration_problems(self.configuration))
        return list(found)

    @property
    def values(self) -> Mapping[str, Any]:
        """The configuration as a mapping."""
        if isinstance(self.configuration, str):
            return cast("Mapping[str, Any]", json.loads(self.configuration)) if self.configuration else {}
        return self.configuration


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two configurations; the second one wins, mapping by mapping."""
    result = dict(one)
    for key, value in other.items():
        before = result.get(key)
        both = isinstance(before, Mapping) and isinstance(value, Mapping)
        result[key] = merged(before, value) if both else value  # type: ignore[arg-type]
    return result


def _configuration_problems(configuration: Mapping[str, Any] | str) -> list[Problem]:
    found = Problems()
    parsed: object = configuration
    if isinstance(configuration, str):
        if is_token(configuration):
            found.add(
                "configuration",
                "text known only at deployment cannot be checked",
                given=Shown("a token"),
                allowed="a mapping; its values may be tokens",
            )
            return list(found)
        try:
            parsed = json.loads(configuration) if configuration else {}
        except ValueError as error:
            found.add(
                "configuration", f"not JSON: {error}", given=configuration, allowed='JSON such as {"replicaCount": 3}'
            )
            return list(found)
        if not isinstance(parsed, dict):
            found.add(
                "configuration", "not a JSON object", given=configuration, allowed='JSON such as {"replicaCount": 3}'
            )
            return list(found)
    for place, what in _not_json(parsed, tokens=is_token(parsed)):
        found.add(
            f"configuration{place}", what, allowed="text, whole and decimal numbers, True, False, lists, mappings"
        )
    return list(found)


def as_json(stack: cdk.Stack, values: Mapping[str, Any]) -> str:
    """Write a configuration as JSON. If it contains tokens, CDK does this and drops every None."""
    return stack.to_json_string(values) if is_token(values) else json.dumps(values, separators=(",", ":"))


def _not_json(value: object, place: str = "", *, tokens: bool) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[object, object]", value).items():
            if isinstance(key, str):
                yield from _not_json(item, f"{place}[{key!r}]", tokens=tokens)
            else:
                yield f"{place}[{key!r}]", "a key that is not text"
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for index, item in enumerate(cast("Sequence[object]", value)):
            yield from _not_json(item, f"{place}[{index}]", tokens=tokens)
    elif (wrong := _wrong_scalar(value, tokens=tokens)) is not None:
        yield place, wrong


def _wrong_scalar(value: object, *, tokens: bool) -> str | None:
    if value is None:
        return "None is dropped together with values known only at deployment" if tokens else None
    if isinstance(value, float) and not math.isfinite(value):
        return "a number that JSON does not support"
    if isinstance(value, str | bool | int | float) or is_token(value):
        return None
    return f"a value of type {type(value).__name__}, which JSON does not support"
