"""The kustomization.yaml file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import aws_cdk as cdk

from cdk_containers.core.inputs import is_token

from ..manifests import CLUSTER_SCOPED, Manifest
from ..manifests.yaml_text import yaml_text
from .later_values import LaterValue, LaterValues, Path, tokens_in

VALUES = "values.env"
"""The file with the values of the stacks, written during deployment."""

_CONFIG_MAP = "stack-outputs"


def placeholder(value: LaterValue) -> str | int:
    """Return the placeholder in a file that kustomize replaces by the value; it has the same type."""
    return 0 if value.is_number else f"<{value.output}>"


def kustomization(files: Mapping[str, Iterable[Manifest]], values: LaterValues) -> str:
    """Write the file: the other files in order, and the values of stacks that belong in them."""
    document: dict[str, Any] = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "sortOptions": {"order": "fifo"},
        "resources": [f"{name}.yaml" for name in files],
    }
    targets = _targets(files, values)
    if targets:
        document["configMapGenerator"] = [
            {
                "name": _CONFIG_MAP,
                "envs": [VALUES],
                "options": {
                    "disableNameSuffixHash": True,
                    "annotations": {"config.kubernetes.io/local-config": "true"},
                },
            }
        ]
        document["replacements"] = [
            {
                "source": {"kind": "ConfigMap", "name": _CONFIG_MAP, "fieldPath": f"data.{output}"},
                "targets": places,
            }
            for output, places in targets.items()
        ]
    return _comment(values) + yaml_text([document])


def _targets(files: Mapping[str, Iterable[Manifest]], values: LaterValues) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for manifests in files.values():
        for manifest in manifests:
            places: dict[str, list[str]] = {}
            for path, token in tokens_in(manifest):
                later = values.of(token)
                if later is not None:
                    places.setdefault(later.output, []).append(_field_path(path))
            for output, paths in places.items():
                found.setdefault(output, []).append({"select": _selector(manifest), "fieldPaths": paths})
    return found


def _selector(manifest: Manifest) -> dict[str, str]:
    """Select an object; kustomize treats each text as a regular expression."""
    group, _, version = manifest["apiVersion"].rpartition("/")
    metadata = manifest["metadata"]
    selected = {"group": group, "version": version, "kind": manifest["kind"], "name": re.escape(metadata["name"])}
    if "namespace" in metadata and manifest["kind"] not in CLUSTER_SCOPED:
        selected["namespace"] = metadata["namespace"]
    return {key: text.replace(r"\-", "-") for key, text in selected.items() if text}


def _field_path(path: Path) -> str:
    return ".".join(str(part).replace(".", r"\.") for part in path)


def _comment(values: LaterValues) -> str:
    if not values:
        return "# In this folder: kubectl apply -k .\n"
    lines = ["# After the stacks are deployed, in this folder:", "#"]
    for index, stack in enumerate(values.stacks()):
        region = "" if is_token(stack.region) else f" --region {stack.region}"
        wanted = f"?starts_with(OutputKey, '{values.prefix(stack)}')"
        query = f"Stacks[0].Outputs[{wanted}].join('=', [OutputKey, OutputValue])"
        lines += [
            f"#   aws cloudformation describe-stacks --stack-name {_stack_name(stack)}{region} --output text \\",
            f"#     --query \"{query}\" | tr '\\t' '\\n' {'>>' if index else '>'} {VALUES}",
        ]
    return "\n".join([*lines, "#   kubectl apply -k .", ""])


def _stack_name(stack: cdk.Stack) -> str:
    return stack.node.id if is_token(stack.stack_name) else stack.stack_name
