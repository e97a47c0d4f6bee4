"""The plan: which resources are kept, imported, recreated or abandoned, and in which order."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from cdk_containers.core.frozen import frozen

from ..building import CopilotApplication
from ..building.pipelines import pipeline_notes
from ..manifests import ManifestError, Problem, Workspace
from .decisions import Decision, decide, is_known_to_others
from .deployed import Deployed, read_deployed
from .machinery import OF_ENVIRONMENTS, is_own, of_workload
from .plain import PlainTemplate, is_known
from .registry import IDENTIFIERS

_TO_FILL_IN = "<fill in>"


@frozen
class Plan:
    """The plan to adopt a deployed application.

    Attributes:
        decisions: The action for each resource.
        outside: What is not in a stack of a workload or an environment, and does not change.
        refused: Why CloudFormation would reject a deployment at present.
        notes: Notes about each stack.
        mappings: Files for `cdk import --resource-mapping`, by stack.
        protected: Deployed templates with `DeletionPolicy: Retain` on resources that must not be deleted, by stack.
        steps: Steps, in order.
    """

    decisions: Sequence[Decision]
    outside: Sequence[str]
    refused: Sequence[str]
    notes: Mapping[str, Sequence[str]]
    mappings: Mapping[str, Mapping[str, Mapping[str, str]]]
    protected: Mapping[str, Mapping[str, Any]]
    steps: Sequence[str]


def plan(
    path: str | Path,
    *,
    templates: Path | None = None,
    environments: Sequence[str] | None = None,
    **given: Any,
) -> Plan:
    """Plan the adoption of a deployed application.

    Args:
        path: Folder that contains `copilot/`, or a folder below it.
        templates: Folder with the deployed templates. Default: assumes what Copilot creates from these manifests.
        environments: Environments to adopt. Default: all.
        given: Other options of `CopilotApplication.from_workspace`.

    Raises:
        ManifestError: A manifest is invalid, or there is nothing to adopt.
        ConstructError: A manifest has values that ECS would reject.
    """
    workspace = Workspace.at(path)
    if not workspace.environments:
        problem = Problem((), None, None, "the workspace has no environments, so nothing is deployed")
        raise ManifestError(str(workspace.root / "copilot"), [problem])
    chosen = list(workspace.environments) if environments is None else list(environments)
    unknown = [name for name in chosen if name not in workspace.environments]
    if unknown:
        there = ", ".join(workspace.environments)
        problems = [
            Problem((), None, None, (f"there is no environment {name!r}; existing environments: {there}"))
            for name in unknown
        ]
        raise ManifestError(str(workspace.root / "copilot"), problems)
    app = cdk.App(analytics_reporting=False, tree_metadata=False)
    made = CopilotApplication.from_workspace(app, workspace.application, path, environments=chosen, **given)
    after = {stack.stack_name: stack.template for stack in app.synth().stacks}
    planning = _Planning(workspace, made, after, pipeline_notes(workspace, given.get("variables")))
    return planning.plan(None if templates is None else read_deployed(templates, planning.file_names()))


class _Planning:
    def __init__(
        self,
        workspace: Workspace,
        made: CopilotApplication,
        after: Mapping[str, Mapping[str, Any]],
        pipelines: Mapping[str, Sequence[str]],
    ) -> None:
        self._pipelines = pipelines
        self._workspace = workspace
        self._made = made
        self._after = after
        self._environment_of = {
            environment.setting.stack_name(workload): environment.setting.prefix
            for name, environment in made.environments.items()
            for workload in (None, *made.workloads[name])
        }

    def file_names(self) -> dict[str, str]:
        """Return names of stacks, by the file names of Copilot packages."""
        found = {}
        for name, environment in self._made.environments.items():
            found[name] = environment.setting.stack_name()
            found |= {f"{one}-{name}": environment.setting.stack_name(one) for one in self._made.workloads[name]}
        return found

    def plan(self, deployed: Mapping[str, Deployed] | None) -> Plan:
        before = self._predicted() if deployed is None else self._known(deployed)
        after = {
            stack: PlainTemplate(stack, template, environment=self._environment_of[stack])
            for stack, template in self._after.items()
        }
        decisions = [one for stack, now in after.items() if stack in before for one in decide(before[stack], now)]
        known = deployed or {}
        mappings = _mappings(decisions, after, {stack: one.physical_ids for stack, one in known.items()})
        protected = {
            stack: _protected(
                known[stack].template, [one.logical_id for one in decisions if one.stack == stack and one.danger]
            )
            for stack in known
            if any(one.stack == stack and one.danger and one.action != "refused" for one in decisions)
        }
        refused = [
            *(f"{one.stack}: {one.logical_id}: {one.why}" for one in decisions if one.action == "refused"),
            *_missing_exports(before, after),
        ]
        missing = [stack for stack in after if stack not in before]
        return Plan(
            decisions=decisions,
            outside=self._outside(),
            refused=refused,
            notes=self._notes(missing),
            mappings=mappings,
            protected=protected,
            steps=self._steps(decisions, refused, protected, mappings),
        )

    def _known(self, deployed: Mapping[str, Deployed]) -> dict[str, PlainTemplate]:
        return {
            stack: PlainTemplate(
                stack, one.template, self._parameters(stack, one), environment=self._environment_of[stack]
            )
            for stack, one in deployed.items()
            if stack in self._after
        }

    def _parameters(self, stack: str, one: Deployed) -> dict[str, str]:
        """Return the parameters of a stack: the saved ones, or otherwise the required values."""
        environment, kinds = self._setting(stack)
        setting = self._made.environments[environment].setting
        found = {"AppName": setting.application, "EnvName": environment, "EnvironmentName": environment}
        if kinds:
            found |= {
                "WorkloadName": kinds,
                "AddonsTemplateURL": "https://addons" if self._workspace.workloads[kinds].addons else "",
            }
        else:
            found |= self._needed_by(environment)
        found["ServiceDiscoveryEndpoint"] = setting.namespace
        return found | {name: value for name, value in one.parameters.items() if value or name not in found}

    def _needed_by(self, environment: str) -> dict[str, str]:
        """Return which workloads need which features of an environment, from the parameters of its stack."""
        there = self._made.environments[environment].logical_ids
        return {
            parameter: "-" if any(name in there for name in names) else ""
            for parameter, names in {
                "ALBWorkloads": ("PublicLoadBalancer",),
                "InternalALBWorkloads": ("InternalLoadBalancer",),
                "EFSWorkloads": ("FileSystem",),
                "NATWorkloads": ("NatGateway1",),
            }.items()
        } | {"CreateHTTPSListener": "true" if "HTTPSListener" in there else "false"}

    def _setting(self, stack: str) -> tuple[str, str]:
        for name, environment in self._made.environments.items():
            for workload in ("", *self._made.workloads[name]):
                if environment.setting.stack_name(workload or None) == stack:
                    return name, workload
        raise KeyError(stack)

    def _predicted(self) -> dict[str, PlainTemplate]:
        """Return the logical ids and types that Copilot creates from these manifests."""
        found: dict[str, PlainTemplate] = {}
        for name, environment in self._made.environments.items():
            stack = environment.setting.stack_name()
            kept = self._kept(stack, set(environment.logical_ids))
            own = {one: kind for one, kind in OF_ENVIRONMENTS.items() if _has(one, kept)}
            found[stack] = self._as_template(stack, kept, own)
            for workload, made in self._made.workloads[name].items():
                stack = environment.setting.stack_name(workload)
                kept = self._kept(stack, set(made.logical_ids))
                found[stack] = self._as_template(stack, kept, of_workload(made.manifest.model.type, set(kept)))
        return found

    def _kept(self, stack: str, logical_ids: set[str]) -> dict[str, Any]:
        resources = self._after[stack].get("Resources") or {}
        return {name: one for name, one in resources.items() if name in logical_ids}

    def _as_template(self, stack: str, kept: Mapping[str, Any], own: Mapping[str, str]) -> PlainTemplate:
        content = {"Resources": {**kept, **{name: {"Type": kind} for name, kind in own.items()}}}
        return PlainTemplate(stack, content, environment=self._environment_of[stack])

    def _outside(self) -> list[str]:
        app = self._workspace.application
        built = [
            name
            for name, one in next(iter(self._made.workloads.values()), {}).items()
            if getattr(getattr(one.manifest.model, "image", None), "location", None) is None
            and one.manifest.model.type != "Static Site"
        ]
        return [
            *(
                f"ECR repository {app}/{name}: kept, with all its images; {app}-infrastructure owns it"
                for name in built
            ),
            f"stack set {app}-infrastructure (bucket, KMS key, repositories): kept; `copilot app delete` deletes it",
            f"stack {app}-infrastructure-roles, parameters /copilot/applications/{app}/…: kept, only for Copilot",
            f"secrets under /copilot/{app}/…: kept; tasks read them where they are",
            *(
                f"pipeline {name}: kept and not converted; stop it before the first deployment (it would restore "
                "Copilot's templates), and delete it at the end"
                for name in self._workspace.pipelines
            ),
            *(f"{stack}: {note}" for stack, notes in self._pipelines.items() for note in notes),
        ]

    def _notes(self, missing: Sequence[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, environment in self._made.environments.items():
            found[environment.setting.stack_name()] = list(environment.notes)
            for workload, one in self._made.workloads[name].items():
                found[environment.setting.stack_name(workload)] = list(one.notes)
        for stack in missing:
            found[stack].append("its deployed template is not in the folder, so it is treated as new")
        return {stack: notes for stack, notes in found.items() if notes}

    def _steps(
        self,
        decisions: Sequence[Decision],
        refused: Sequence[str],
        protected: Mapping[str, Any],
        mappings: Mapping[str, Any],
    ) -> list[str]:
        environments = [one.setting.stack_name() for one in self._made.environments.values()]
        steps = ["Stop deploying with Copilot, and stop its pipelines: each deployment would restore its template."]
        if refused:
            steps.append("Resolve what CloudFormation would refuse, see above.")
        if protected:
            steps.append(
                "Protect resources from deletion: deploy the templates with DeletionPolicy: Retain "
                f"({', '.join(protected)}) with the parameters that the stacks have. They change nothing else."
            )
        elif any(one.danger for one in decisions):
            steps.append(
                "Protect resources from deletion: set DeletionPolicy: Retain; --template-dir and --output write such "
                "templates."
            )
        for environment in environments:
            workloads = [stack for stack, prefix in self._environment_of.items() if prefix == environment != stack]
            steps.append(f"{environment}: check `cdk diff`, then deploy the environment before its workloads.")
            imported = [stack for stack in mappings if self._environment_of[stack] == environment]
            if imported:
                steps.append(
                    f"`cdk import --resource-mapping` with the mapping of {', '.join(imported)}, after they have left "
                    "their stacks."
                )
            driven = [stack for stack in workloads if self._is_of_app_runner(stack)]
            usual = [stack for stack in self._in_order(workloads) if stack not in driven]
            steps.append(
                f"Deploy {', '.join(usual)}, in this order: publishers before subscribers. Tasks are replaced one by "
                "one behind the same load balancer: DNS names do not change, and queues keep their messages."
            )
            steps += [
                f"{stack}: ECS replaces App Runner in this deployment. With Retain on the old service, both run: test "
                "the new address, move the DNS name (gradually with a weighted record), and delete the old service "
                "when nothing calls it."
                for stack in driven
            ]
        steps.append(
            "When everything runs: delete the kept resources (see above), the pipeline's stack, and the roles of "
            "Copilot. Keep the repositories until no image comes from them."
        )
        return steps

    def _is_of_app_runner(self, stack: str) -> bool:
        environment, workload = self._setting(stack)
        return bool(self._made.workloads[environment][workload].manifest.model.type == "Request-Driven Web Service")

    def _in_order(self, stacks: Sequence[str]) -> list[str]:
        found: list[str] = []
        by_name = {
            environment.setting.stack_name(workload): cdk.Stack.of(one)
            for name, environment in self._made.environments.items()
            for workload, one in self._made.workloads[name].items()
        }

        def add(stack: str) -> None:
            for one in by_name[stack].dependencies:
                if one.stack_name in stacks and one.stack_name not in found:
                    add(one.stack_name)
            if stack not in found:
                found.append(stack)

        for stack in stacks:
            add(stack)
        return found


def _has(own: str, kept: Mapping[str, Any]) -> bool:
    """Tell whether an environment has a resource with Copilot's logical id."""
    if "AccessLogs" in own or own.startswith("BucketCleaner"):
        return any("AccessLogs" in name for name in kept)
    return "EnvironmentHostedZone" in kept


def _mappings(
    decisions: Sequence[Decision], after: Mapping[str, PlainTemplate], physical: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, dict[str, str]]]:
    """Return the resource mapping with which `cdk import` finds resources that leave a stack and return."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    old = {
        one.why.rpartition(" as ")[2].partition(" by ")[0]: one
        for one in decisions
        if one.action == "imported" and " as " in one.why
    }
    for one in decisions:
        if one.action == "imported" and one.logical_id in after[one.stack].resources:
            properties = after[one.stack].resources[one.logical_id]["Properties"]
            before = old.get(one.logical_id)
            known = physical.get(one.stack, {}).get(before.logical_id if before else "", "")
            keys = IDENTIFIERS[one.type]
            found.setdefault(one.stack, {})[one.logical_id] = {
                key: str(properties[key])
                if key in properties and is_known(properties[key])
                else (known if known and len(keys) == 1 else _TO_FILL_IN)
                for key in keys
            }
    return found


def _protected(template: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    made = copy.deepcopy(dict(template))
    for name in names:
        if name in made["Resources"]:
            made["Resources"][name]["DeletionPolicy"] = "Retain"
            made["Resources"][name]["UpdateReplacePolicy"] = "Retain"
    return made


def _missing_exports(before: Mapping[str, PlainTemplate], after: Mapping[str, PlainTemplate]) -> list[str]:
    """Return exports that are removed while stacks import them, which CloudFormation rejects."""
    gone = {
        export: stack
        for stack, one in before.items()
        for export in one.exports
        if stack in after and export not in after[stack].exports
    }
    return [
        f"{gone[export]}: the export {export} is removed, but {other} imports it: deploy {other} first"
        for other, one in before.items()
        for export in sorted(one.imports & gone.keys())
    ]


__all__ = ["Plan", "is_known_to_others", "is_own", "plan"]
