"""Practices for the other ways in which AWS runs containers: Managed Instances, Express, Anywhere, Beanstalk."""

from .model import Practice, Severity

_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
_BEANSTALK = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg"

PRACTICES: tuple[Practice, ...] = (
    Practice(
        id="managed-instances-tasks",
        title="Ask Managed Instances for nothing that they have not",
        why=(
            "ECS refuses a task definition for Managed Instances that has bridge networking, tmpfs, swap or Docker "
            "volumes, and an instance has few directories that can be written to."
        ),
        source=f"{_GUIDE}/managed-instances-tasks-services.html",
        severity=Severity.HIGH,
        option="ManagedInstancesTaskDefinition",
    ),
    Practice(
        id="managed-instance-requirements",
        title="Say what instances must have, and leave the choice to ECS",
        why=(
            "A range of sizes and types is what ECS needs to pack tasks cheaply, and to find capacity when one type is "
            "sold out. A requirement that no type meets leaves tasks waiting."
        ),
        source=f"{_GUIDE}/managed-instances-instance-types.html",
        severity=Severity.MEDIUM,
        option="ManagedInstancesCapacity.requirements",
    ),
    Practice(
        id="managed-instance-scale-in",
        title="Let ECS end instances that are idle",
        why="An instance is paid for whether a task runs on it or not.",
        source=f"{_GUIDE}/managed-instances-infrastructure-optimization.html",
        severity=Severity.LOW,
        option="ManagedInstancesCapacity.scale_in_after",
    ),
    Practice(
        id="managed-instance-role-passing",
        title="Let ECS pass the role of its instances, and no other",
        why=(
            "The managed policy for Managed Instances passes roles named ecsInstanceRole only. A role with another "
            "name starts no instance; a role with that name can be there once in an account."
        ),
        source=f"{_GUIDE}/managed-instances-instance-profile.html",
        severity=Severity.HIGH,
        option="ManagedInstancesCapacity",
    ),
)
