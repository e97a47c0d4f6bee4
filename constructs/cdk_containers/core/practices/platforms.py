"""Practices for the other ways in which AWS runs containers: Managed Instances, Express, Anywhere, Beanstalk."""

from .model import Practice, Severity

_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
_BEANSTALK = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg"

PRACTICES: tuple[Practice, ...] = (
    Practice(
        id="managed-instances-tasks",
        title="Ask Managed Instances for nothing that they have not",
        why=(
            "ECS refuses a task definition for Managed Instances that has bridge networking, swap or Docker "
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
        id="managed-daemons",
        title="Run agents on Managed Instances as managed daemons",
        why=(
            "Nobody logs in to these instances, and a service that runs beside the application starts after it. ECS "
            "starts a managed daemon first, on every instance, and lets it use directories of the instance only."
        ),
        source=f"{_GUIDE}/managed-daemons.html",
        severity=Severity.MEDIUM,
        option="ManagedDaemon",
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
    Practice(
        id="external-tasks",
        title="Ask machines outside AWS for nothing that only AWS has",
        why=(
            "An external instance is in no VPC: ECS refuses network interfaces of a task's own, load balancers, "
            "service discovery, capacity providers and EFS there. What it runs reaches out, and is not reached."
        ),
        source=f"{_GUIDE}/ecs-anywhere.html",
        severity=Severity.HIGH,
        option="ExternalService",
    ),
    Practice(
        id="external-activation",
        title="Register machines with a key that is good for as many as there are, and no longer than needed",
        why=(
            "Whoever has the id and the code of an activation can register a machine, which then gets tasks and their "
            "roles. The code is shown once, when the activation is made, and so it never stands in a template."
        ),
        source=f"{_GUIDE}/ecs-anywhere-registration.html",
        severity=Severity.HIGH,
        option="ExternalInstances.registration_limit",
        check="none",
        not_in_templates="CloudFormation has no activations: an administrator makes them, and gives out the code.",
    ),
    Practice(
        id="external-order",
        title="Register machines before the stack whose services wait for them",
        why=(
            "CloudFormation waits until the tasks of a service run, up to a day and a half, and shows the outputs of a "
            "stack at its end. The command that registers the first machine has to come out of an earlier deployment."
        ),
        source=f"{_GUIDE}/ecs-anywhere-registration.html",
        severity=Severity.HIGH,
        option="ExternalInstances",
        check="none",
        not_in_templates="It is about the order of deployments, and a template is one of them.",
    ),
    Practice(
        id="express-mode",
        title="Use Express Mode for what fits it, and your own service for the rest",
        why=(
            "Express Mode runs one container on Fargate behind a load balancer that it shares, and deploys by canary. "
            "Its container has no read-only root, user, volume or sidecar, and its service no Spot or other deployment."
        ),
        source=f"{_GUIDE}/express-service-overview.html",
        severity=Severity.MEDIUM,
        option="ExpressService",
        check="none",
        not_in_templates="Whether Express Mode has all that an application will need, no template tells.",
    ),
    Practice(
        id="express-private-by-default",
        title="Open a service to the internet only where that is said",
        why=(
            "Express Mode takes public subnets for a load balancer that faces the internet, and gives the tasks in "
            "them public addresses. In private subnets the load balancer is internal."
        ),
        source=f"{_GUIDE}/express-service-work.html",
        severity=Severity.HIGH,
        option="ExpressService.internet_facing",
    ),
    Practice(
        id="beanstalk-platform",
        title="Name the version of the platform, and take a supported one",
        why=(
            "AWS retires versions of platforms: an environment cannot be made of one that is gone. Amazon Linux 2023 "
            "is the one that gets new versions."
        ),
        source=f"{_BEANSTALK}/platforms-support-policy.html",
        severity=Severity.HIGH,
        option="BeanstalkEnvironment.platform",
    ),
    Practice(
        id="beanstalk-managed-updates",
        title="Let Elastic Beanstalk update the platform each week",
        why="Patches of the operating system, of Docker and of the ECS agent come with new versions of the platform.",
        source=f"{_BEANSTALK}/environment-platform-update-managed.html",
        severity=Severity.HIGH,
        option="BeanstalkEnvironment.managed_updates",
        checkers={
            "security-hub": ("ElasticBeanstalk.2",),
            "cdk-nag": ("AwsSolutions-EB3",),
            "prowler": ("elasticbeanstalk_environment_managed_updates_enabled",),
        },
    ),
    Practice(
        id="beanstalk-monitoring",
        title="Report enhanced health, and keep logs outside the instances",
        why="Without it, health is what the load balancer sees, and logs go with the instance that wrote them.",
        source=f"{_BEANSTALK}/health-enhanced.html",
        severity=Severity.MEDIUM,
        option="BeanstalkEnvironment.log_retention_days",
        checkers={
            "security-hub": ("ElasticBeanstalk.1", "ElasticBeanstalk.3"),
            "cdk-nag": ("AwsSolutions-EB4",),
            "prowler": (
                "elasticbeanstalk_environment_cloudwatch_logging_enabled",
                "elasticbeanstalk_environment_enhanced_health_reporting",
            ),
        },
    ),
    Practice(
        id="beanstalk-capacity",
        title="Bound the number of instances, and keep two at least",
        why="One instance is one zone, and an update takes it away. No upper bound is a bill without one.",
        source=f"{_BEANSTALK}/command-options-general.html",
        severity=Severity.MEDIUM,
        option="BeanstalkEnvironment.min_instances",
    ),
    Practice(
        id="beanstalk-containers",
        title="Give Elastic Beanstalk containers that it can run",
        why=(
            "Elastic Beanstalk reads containers from a file in the bundle, which is written before deployment, and "
            "gives them no roles, secrets or volumes of their own here."
        ),
        source=f"{_BEANSTALK}/create_deploy_docker_v2config.html",
        severity=Severity.MEDIUM,
        option="BeanstalkEnvironment.containers",
        check="none",
        not_in_templates="The containers stand in a file of the source bundle, and not in the template.",
    ),
)
