"""Practices for services: task counts, scaling and placement."""

from .model import Practice, Severity

_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"

PRACTICES = (
    Practice(
        id="health-check-grace-period",
        title="Give a new task time to start before health checks count",
        why=(
            "The default grace period of ECS is 0 seconds. ECS then stops a slow-starting task before it is ready, and "
            "repeats this with each replacement."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
        severity=Severity.MEDIUM,
        option="WebService",
    ),
    Practice(
        id="fixed-count-or-scaling",
        title="Give a service either a fixed count or scaling",
        why=(
            "With a fixed count, every deployment of the template resets the number of tasks that scaling has set, "
            "even at peak load."
        ),
        source=f"{_GUIDE}/service-auto-scaling.html",
        severity=Severity.HIGH,
        option="WebService.scaling",
    ),
    Practice(
        id="scaling-bounds",
        title="Set a valid minimum and maximum for scaling",
        why=(
            "Application Auto Scaling refuses a minimum above the maximum, and a service with equal bounds never "
            "scales. The maximum limits your cost if a metric misbehaves."
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
        title="Let ECS rebalance tasks across Availability Zones",
        why=(
            "After a zone recovers, its tasks stay in the other zones, and the next zone failure hits most of the "
            "service. The default differs between creating and updating a service, so the template must set it."
        ),
        source=f"{_GUIDE}/service-rebalancing.html",
        severity=Severity.MEDIUM,
        option="WebService",
    ),
    Practice(
        id="cost-allocation-tags",
        title="Tag tasks with their cluster and service",
        why=(
            "Without ECS managed tags, and without service tags propagated to tasks, the bill shows one total for "
            "Fargate. You cannot tell which service it belongs to."
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
            "The internet can reach a task with a public address without passing the load balancer, its TLS and its "
            "logs. Only the security group protects it."
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
            "A platform version contains the kernel and the runtime of a task. A pinned version becomes outdated, and "
            "AWS retires it on a date that AWS chooses."
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
            "A single task means an outage each time its host or zone fails, Fargate retires it, or AWS reclaims its "
            "Spot capacity."
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
        title="Use valid placement strategies",
        why=(
            "A strategy decides how many tasks you lose with an instance or a zone, and how many instances you pay "
            "for. ECS accepts up to five strategies, and refuses a field that the strategy does not support."
        ),
        source=f"{_GUIDE}/task-placement-strategies.html",
        severity=Severity.HIGH,
        option="WebService.placement_strategies",
    ),
    Practice(
        id="placement-constraints",
        title="Use placement constraints that your instances can satisfy",
        why=(
            "Constraints are binding: if no instance satisfies them, the task stays pending without an error. ECS "
            "accepts up to ten constraints, and refuses an invalid expression."
        ),
        source=f"{_GUIDE}/task-placement-constraints.html",
        severity=Severity.HIGH,
        option="WebService.placement_constraints",
    ),
)
