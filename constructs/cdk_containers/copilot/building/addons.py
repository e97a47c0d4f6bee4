"""Addons: CloudFormation templates next to a manifest, as a nested stack whose outputs are passed to containers."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import cloudformation_include as include
from constructs import Construct

from cdk_containers.checks.reading.text import Unreadable
from cdk_containers.checks.reading.yaml import parse_yaml
from cdk_containers.core.documents import ManifestError, Problem

from .making import AddonOutputs, Making
from .naming import Naming

_PARAMETERS = "addons.parameters"
_SECTIONS = ("Metadata", "Parameters", "Mappings", "Conditions", "Transform", "Resources", "Outputs")
_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+[0-9]*|[0-9]+")
_LOCAL_CODE = {
    "AWS::Lambda::Function": ("Code", "S3Bucket", "S3Key"),
    "AWS::Serverless::Function": ("CodeUri", "Bucket", "Key"),
    "AWS::Lambda::LayerVersion": ("Content", "S3Bucket", "S3Key"),
}
"""Properties that refer to a folder of the workspace, and their form after the upload."""


def include_addons(
    scope: Construct, files: Sequence[Path], names: Mapping[str, str], *, naming: Naming, making: Making | None = None
) -> None:
    """Include templates as one nested stack.

    Args:
        scope: The workload or the environment.
        files: The templates, and the file with additional parameters.
        names: Values of the parameters that every addon has.
        naming: Sets the logical id that Copilot gives the nested stack.
        making: The workload whose containers get the outputs.

    Raises:
        ManifestError: A file is not a template, or two files define the same name differently.
    """
    nested = cdk.NestedStack(scope, "Addons")
    template = _merged([file for file in files if not file.stem.startswith(_PARAMETERS)])
    given: dict[str, Any] = dict(names)
    for file in files:
        if file.stem.startswith(_PARAMETERS):
            given |= _given(_read(file).get("Parameters") or {}, names, making)
    for path, folder, local in _local_code(template, [file.parent for file in files]):
        _upload(nested, template["Resources"][path], folder, local)
    wanted = template.get("Parameters") or {}
    with tempfile.TemporaryDirectory() as folder_name:
        file = Path(folder_name) / "addons.json"
        file.write_text(json.dumps(template))
        include.CfnInclude(nested, "Template", template_file=str(file), preserve_logical_ids=True)
    resource = nested.nested_stack_resource
    assert isinstance(resource, cdk.CfnResource)  # noqa: S101  (a nested stack has one)
    for name in wanted:
        if name in given:
            resource.add_property_override(f"Parameters.{name}", given[name])
    naming.name("AddonsStack", resource)
    if making is not None:
        _take_outputs(template, resource, making.addons)


def variable_name(output: str) -> str:
    """Return the name of the variable for an output.

    >>> variable_name("MyDBEndpoint"), variable_name("tableARN2")
    ('MY_DB_ENDPOINT', 'TABLE_ARN2')
    """
    return "_".join(word.upper() for word in _WORDS.findall(output))


def _take_outputs(template: Mapping[str, Any], nested: cdk.CfnResource, found: AddonOutputs) -> None:
    """Record the purpose of each output, which depends on the resource that it refers to."""
    resources = template.get("Resources") or {}
    for name, output in (template.get("Outputs") or {}).items():
        value = cdk.Token.as_string(nested.get_att(f"Outputs.{name}"))
        referred = output.get("Value")
        target = referred.get("Ref") if isinstance(referred, Mapping) else None
        match (resources.get(target) or {}).get("Type") if isinstance(target, str) else None:
            case "AWS::SecretsManager::Secret":
                found.secrets[variable_name(name)] = value
            case "AWS::IAM::ManagedPolicy":
                found.policies.append(value)
            case "AWS::EC2::SecurityGroup":
                found.security_groups.append(value)
                found.variables[variable_name(name)] = value
            case _:
                found.variables[variable_name(name)] = value


def _merged(files: Sequence[Path]) -> dict[str, Any]:
    """Merge several templates into one, as Copilot does."""
    whole: dict[str, Any] = {}
    for file in files:
        template = _read(file)
        for section in _SECTIONS:
            for name, value in (template.get(section) or {}).items() if section != "Transform" else ():
                there = whole.setdefault(section, {})
                if name in there and there[name] != value:
                    message = f"{section}.{name} is defined differently in another addon: rename one of them"
                    raise ManifestError(str(file), [Problem((section, name), None, None, message)])
                there[name] = value
        if "Transform" in template:
            whole["Transform"] = template["Transform"]
    if not whole.get("Resources"):
        raise ManifestError(str(files[0] if files else ""), [Problem((), None, None, "the addons have no resources")])
    return whole


def _read(file: Path) -> dict[str, Any]:
    try:
        content, _ = parse_yaml(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, Unreadable) as error:
        raise ManifestError(str(file), [Problem((), None, None, f"cannot be read: {error}")]) from None
    if not isinstance(content, dict):
        raise ManifestError(str(file), [Problem((), None, None, "an addon must be a CloudFormation template")])
    return content


def _given(parameters: Mapping[str, Any], names: Mapping[str, str], making: Making | None) -> dict[str, Any]:
    """Return additional parameters of addons: values, or references to resources of the workload's stack."""
    known = {"AppName": names["App"], "EnvName": names["Env"], "WorkloadName": names.get("Name", "")}
    if making is not None:
        workload = making.workload
        known |= {
            "TaskCPU": str(getattr(workload, "cpu", None) or 256),
            "TaskMemory": str(getattr(workload, "memory", None) or 512),
            "ContainerPort": str(getattr(getattr(workload, "image", None), "port", None) or ""),
        }

    def resolved(value: Any) -> Any:
        if isinstance(value, Mapping):
            if set(value) == {"Ref"} and value["Ref"] in known:
                return known[str(value["Ref"])]
            return {name: resolved(one) for name, one in value.items()}
        return [resolved(one) for one in value] if isinstance(value, list) else value

    return {name: resolved(value) for name, value in parameters.items()}


def _local_code(
    template: Mapping[str, Any], folders: Sequence[Path]
) -> Iterator[tuple[str, Path, tuple[str, str, str]]]:
    """Yield the resources whose code is a folder next to the addons."""
    for name, resource in template["Resources"].items():
        local = _LOCAL_CODE.get(resource.get("Type"))
        given = (resource.get("Properties") or {}).get(local[0]) if local is not None else None
        if local is not None and isinstance(given, str):
            found = next((folder / given for folder in folders if (folder / given).exists()), None)
            if found is not None:
                yield name, found, local


def _upload(scope: Construct, resource: dict[str, Any], path: Path, local: tuple[str, str, str]) -> None:
    from aws_cdk import aws_s3_assets as s3_assets  # noqa: PLC0415  (few need it)

    name, bucket, key = local
    asset = s3_assets.Asset(scope, f"Code-{path.name}", path=str(path))
    resource["Properties"][name] = {bucket: asset.s3_bucket_name, key: asset.s3_object_key}
