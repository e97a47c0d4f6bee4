"""Sidecars that the options of a task add: their effects on a workload, and problems with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from aws_cdk import aws_iam as iam

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge
from cdk_containers.model.workload import Container, Workload

from .ecs_rules import ecs_problems
from .fire_lens import LOG_ROUTER, FireLens, S3ConfigFile
from .fire_lens_outputs import DRIVER
from .namespace_rules import option_problems
from .open_telemetry import COLLECTOR, OpenTelemetry
from .options import TaskOptions
from .place import Place

_NO_RESOURCE = Acknowledgement(
    "X-Ray actions for trace segments and sampling rules support no resource-level permissions; all other permissions "
    "of this role are limited to their resources",
    cdk_nag=("AwsSolutions-IAM5[Resource::*]",),
)


def sidecars(options: TaskOptions, place: Place | None = None) -> list[Container]:
    """Return the sidecars of the options; without a place, only for checks."""
    added: list[Container] = []
    if options.log_router is not None:
        added.append(options.log_router.container())
    if options.telemetry is not None:
        added.append(options.telemetry.container(place))
    return added


def beside_sidecars(
    containers: Sequence[Container], options: TaskOptions, place: Place | None = None
) -> list[Container]:
    """Return the containers of a task with the settings for its sidecars."""
    own = list(containers)
    if options.log_router is not None:
        own = [options.log_router.used_by(container, place) for container in own]
    if options.telemetry is not None:
        own = [options.telemetry.used_by(container, place) for container in own]
    return own


def with_sidecars(workload: Workload, options: TaskOptions) -> Workload:
    """Return a workload with the sidecars of its task, for checks and for placement."""
    if options.log_router is None and options.telemetry is None:
        return workload
    return replace(workload, containers=[*beside_sidecars(workload.containers, options), *sidecars(options)])


def sidecar_problems(workload: Workload, options: TaskOptions, *, on_ec2: bool) -> list[Problem]:
    """Find conflicts between valid containers of a task and its sidecars."""
    found = Problems()
    found.extend(_driver_problems(workload, options))
    found.extend(_routing_problems(workload, options, on_ec2=on_ec2))
    found.extend(_taken_problems(workload, options))
    if found:
        return list(found)
    only_router = replace(options, telemetry=None)
    for option, given in (("log_router", only_router), ("telemetry", options)):
        if getattr(options, option) is None:
            continue
        together = with_sidecars(workload, given)
        # The containers are valid without the sidecar, so it makes them too many or too large.
        wrong = (
            *together.problems(),
            *ecs_problems(together),
            *option_problems(together, given, on_ec2=on_ec2, known=found),
        )
        for problem in wrong:
            found.extend([replace(problem, option=f"options.{option}")])
        if found:
            break
    return list(found)


def allow_sidecars(
    containers: Sequence[Container],
    options: TaskOptions,
    place: Place,
    *,
    task_role: iam.IRole,
    execution_role: iam.IRole,
) -> None:
    """Grant the roles only the permissions that the sidecars need for their destinations."""
    router, role = options.log_router, task_role
    if router is not None:
        outputs = [router.output_of(container) for container in containers]
        for output in {id(output): output for output in outputs if output is not None}.values():
            output.allow(role, place)
        # CDK lets ECS read the object, but not decrypt it.
        file = router.config_file
        if isinstance(file, S3ConfigFile) and file.bucket.encryption_key is not None:
            file.bucket.encryption_key.grant_decrypt(execution_role)
    telemetry = options.telemetry
    if telemetry is None:
        return
    if telemetry.actions:
        role.add_to_principal_policy(iam.PolicyStatement(actions=telemetry.actions, resources=["*"]))
        if isinstance(role, iam.Role):
            acknowledge(role, _NO_RESOURCE)
    if telemetry.metrics and place.metrics is not None:
        place.metrics.grant_write(role)
    if telemetry.logs:
        place.log_group.grant_write(role)


def _driver_problems(workload: Workload, options: TaskOptions) -> Iterator[Problem]:
    for index, container in enumerate(workload.containers):
        driver = container.log_driver
        if driver is not None and driver.name == DRIVER and options.log_router is None:
            yield Problem(
                option=f"containers[{index}].log_driver",
                what="the task has no log router; CDK would add one without health check and narrow permissions",
                given=repr(DRIVER),
                allowed="TaskOptions(log_router=FireLens(…)), or another driver",
                practice="log-router-output",
            )
        if driver is not None and driver.name == "awslogs":
            yield Problem(
                option=f"containers[{index}].log_driver",
                what="containers already log with awslogs, and ECS may not write to the log group of these options",
                given=repr(driver.name),
                allowed="no log_driver; TaskOptions(logs=ContainerLogs(log_group=…, multiline_pattern=…)) instead",
                practice="log-configuration",
            )


def _routing_problems(workload: Workload, options: TaskOptions, *, on_ec2: bool) -> Iterator[Problem]:
    router = options.log_router
    if router is None:
        return
    by_name = {container.name: container for container in workload.containers}
    for name in router.outputs:
        container = by_name.get(name)
        if container is None or container.log_driver is not None:
            yield Problem(
                option=f"options.log_router.outputs[{name!r}]",
                what="there is no such container" if container is None else "the container has its own log driver",
                given=repr(name),
                allowed=", ".join(entry.name for entry in by_name.values() if entry.log_driver is None) or "none",
                practice="log-router-output",
            )
    if isinstance(router.config_file, S3ConfigFile) and not on_ec2:
        yield Problem(
            option="options.log_router.config_file",
            what="Fargate supports only a file in the image of the log router",
            given=Shown("an S3ConfigFile"),
            allowed="a path in your own `image`, or capacity on EC2",
            practice="log-router-config-file",
        )


def _taken_problems(workload: Workload, options: TaskOptions) -> Iterator[Problem]:
    """Find names and ports of containers that a sidecar also uses."""
    parts: tuple[tuple[str, FireLens | OpenTelemetry | None], ...] = (
        (LOG_ROUTER, options.log_router),
        (COLLECTOR, options.telemetry),
    )
    for sidecar, part in parts:
        for index, container in enumerate(workload.containers if part is not None else ()):
            if container.name == sidecar:
                yield Problem(
                    option=f"containers[{index}].name",
                    what="a sidecar from the task's options already has this name",
                    given=repr(container.name),
                    allowed="another name",
                    practice="container-names",
                )
            for number, port in enumerate(container.all_ports):
                use = None if part is None or is_token(port.number) else part.listens_on.get(port.number)
                if use is not None:
                    yield Problem(
                        option=f"containers[{index}].ports[{number}]",
                        what=f"there {use}",
                        given=str(port.number),
                        allowed="another port",
                        practice="port-mappings",
                    )
