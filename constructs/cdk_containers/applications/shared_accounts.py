"""Environments of one app in the same account and region: a warning, and errors for name collisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import MutableMapping
from pathlib import Path
from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii
from constructs import Construct, IConstruct

from cdk_containers.core.practices import practice
from cdk_containers.core.version import VERSION
from cdk_containers.core.whereabouts import app_of, path_of, stack_of

from .environment import Environment

_PRACTICE = "one-account-per-environment"
_RULE = "collision"

_places: MutableMapping[IConstruct, dict[tuple[str, str], dict[str, str]]] = WeakKeyDictionary()
"""The environments of each app by account and region, each with the path of its first application."""


def watch_place(application: Construct, environment: Environment) -> None:
    """Record where an environment is deployed. If another one is already there, warn and check for collisions."""
    if environment.account is None or environment.region is None:
        return
    root = app_of(stack_of(application))
    places = _places.setdefault(root, defaultdict(dict))
    there = places[environment.account, environment.region]
    path = path_of(application)
    others = [name for name in there if name != environment.name]
    if there.setdefault(environment.name, path) != path or not others:
        return
    cdk.Annotations.of(application).add_warning_v2(
        f"cdk-containers:{_PRACTICE}",
        f"{environment.name} shares account {environment.account} and region {environment.region} with "
        f"{', '.join(others)}. They share quotas, permissions and the bill. {practice(_PRACTICE).source}",
    )
    if sum(len(names) > 1 for names in places.values()) == 1 and len(there) == 2:
        cdk.Validations.of(root).add_plugins(_Collisions())


@jsii.implements(cdk.IPolicyValidationPlugin)
class _Collisions:
    """Finds resources that two stacks of one account and region cannot both have, at synthesis."""

    @property
    def name(self) -> str:
        return "cdk-containers-environments"

    @property
    def version(self) -> str:
        return VERSION

    @property
    def rule_ids(self) -> list[str]:
        return [_RULE]

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Search the cloud assembly; CDK calls this after it has written the templates."""
        from cdk_containers.environments import collisions, read_assembly  # noqa: PLC0415  (most apps need it never)

        templates = list(context.template_paths)
        found = [one for one in collisions(read_assembly(_assembly_of(Path(templates[0])))) if one.severity == "error"]
        violations = [
            cdk.PolicyViolation(
                rule_name=_RULE,
                description=f"{one.what}, and it is in {' and in '.join(one.who)}",
                fix=one.allowed,
                severity="error",
                violating_resources=[
                    cdk.PolicyViolatingResource(resource_logical_id=id_, template_path=template, locations=[])
                    for template, id_ in one.where
                ],
            )
            for one in found
        ]
        return cdk.PolicyValidationPluginReport(success=not found, violations=violations)


def _assembly_of(template: Path) -> Path:
    """Return the folder of the app, which contains the folders of its stages."""
    folder = template.parent
    while (folder.parent / "manifest.json").is_file():
        folder = folder.parent
    return folder
