"""Practices for services: task counts, scaling and placement."""

from .model import Practice, Severity

_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"

PRACTICES = (
    Practice(
        id="health-check-grace-period",
        title="Give a starting task time before its health checks count",
        why=(
            "The grace period of ECS is 0 unless it is set: a service that takes a while to start is stopped before it "
            "is ready, and started again, and stopped again."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
        severity=Severity.MEDIUM,
        option="WebService",
    ),
    Practice(
        id="fixed-count-or-scaling",
        title="Give a service a fixed count or scaling, never both",
        why=(
            "Every deployment of the template sets the count back to the fixed one, whatever scaling had made of it, "
            "at peak load as well."
        ),
        source=f"{_GUIDE}/service-auto-scaling.html",
        severity=Severity.HIGH,
        option="WebService.scaling",
    ),
    Practice(
        id="scaling-bounds",
        title="Give scaling a minimum and a maximum that fit each other",
        why=(
            "Application Auto Scaling refuses a minimum above the maximum. Equal bounds never scale, and the maximum "
            "is what caps the bill when a metric goes mad."
        ),
        source="https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html",
        severity=Severity.HIGH,
        option="ServiceScaling.max_tasks",
        checkers={
            "cfn-lint": ("E3706",),
        },
    ),
    Practice(
        id="availability-zone-rebalancing",
        title="Let ECS rebalance tasks over the Availability Zones",
        why=(
            "After a zone came back its tasks stay where they were started meanwhile, and the next failure hits most "
            "of the service. What ECS does when nothing is said differs between creating and updating a service, so "
            "the template has to say it."
        ),
        source=f"{_GUIDE}/service-rebalancing.html",
        severity=Severity.MEDIUM,
        option="WebService",
    ),
    Practice(
        id="cost-allocation-tags",
        title="Tag tasks with their cluster and service",
        why=(
            "Without the tags that ECS manages, and those of the service passed on to its tasks, the bill shows one "
            "sum for Fargate and nobody can say which service it comes from."
        ),
        source=f"{_GUIDE}/ecs-using-tags.html",
        severity=Severity.LOW,
        option="WebService",
        checkers={"security-hub": ("ECS.13", "ECS.14", "ECS.15")},
    ),
    Practice(
        id="no-public-ip",
        title="Give tasks no public IP address",
        why=(
            "A task with a public address can be reached from the internet past the load balancer, its TLS and its "
            "logs: only the security group stands between."
        ),
        source="https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-2",
        severity=Severity.HIGH,
        option="WebService",
        checkers={
            "security-hub": ("ECS.2", "ECS.16"),
            "control-tower": ("CT.ECS.PR.9",),
            "prowler": ("ecs_service_no_assign_public_ip", "ecs_task_set_no_assign_public_ip"),
        },
    ),
    Practice(
        id="latest-platform-version",
        title="Run on the latest Fargate platform version",
        why=(
            "A platform version is the kernel and the runtime under the task. One that is written down gets old and is "
            "retired at a date that AWS chooses."
        ),
        source=f"{_GUIDE}/platform-fargate.html",
        severity=Severity.MEDIUM,
        option="WebService",
        checkers={
            "security-hub": ("ECS.10",),
            "control-tower": ("CT.ECS.PR.1",),
            "prowler": ("ecs_service_fargate_latest_platform_version",),
        },
    ),
    Practice(
        id="several-tasks",
        title="Run at least two tasks of a service, in different Availability Zones",
        why=(
            "A single task is an outage each time it is replaced without notice: its host or zone fails, Fargate "
            "retires it, Spot takes it back."
        ),
        source=(
            "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/"
            "rel_fault_isolation_multiaz_region_system.html"
        ),
        severity=Severity.HIGH,
        option="WebService.desired_count",
    ),
    Practice(
        id="placement-strategy",
        title="Choose placement strategies that ECS has",
        why=(
            "A strategy decides what the loss of an instance or a zone costs, and how many instances are paid for. ECS "
            "takes up to five, and refuses a field that the strategy does not know."
        ),
        source=f"{_GUIDE}/task-placement-strategies.html",
        severity=Severity.HIGH,
        option="WebService.placement_strategies",
    ),
    Practice(
        id="placement-constraints",
        title="Give placement constraints that instances can satisfy",
        why=(
            "Constraints are binding: a task that no instance may take stays pending, without an error. ECS takes up "
            "to ten, and refuses an expression that it cannot read."
        ),
        source=f"{_GUIDE}/task-placement-constraints.html",
        severity=Severity.HIGH,
        option="WebService.placement_constraints",
    ),
)
