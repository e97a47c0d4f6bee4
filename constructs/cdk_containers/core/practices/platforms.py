"""Practices for the other ways in which AWS runs containers: Managed Instances, Express, Anywhere, Beanstalk."""

from .model import Practice, Severity

_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
_BEANSTALK = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg"

PRACTICES: tuple[Practice, ...] = (
    Practice(
        id="managed-instances-tasks",
        title="Use only task options that Managed Instances support",
        why=(
            "ECS refuses a task definition for Managed Instances with bridge networking, swap or Docker volumes. Only "
            "a few directories of the instance are writable."
        ),
        source=f"{_GUIDE}/managed-instances-tasks-services.html",
        severity=Severity.HIGH,
        option="ManagedInstancesTaskDefinition",
    ),
    Practice(
        id="managed-instance-requirements",
        title="State what instances must offer, and let ECS choose the types",
        why=(
            "ECS needs a range of sizes and types to pack tasks at low cost, and to find capacity when one type is "
            "sold out. If no instance type meets a requirement, tasks stay pending."
        ),
        source=f"{_GUIDE}/managed-instances-instance-types.html",
        severity=Severity.MEDIUM,
        option="ManagedInstancesCapacity.requirements",
    ),
    Practice(
        id="managed-instance-scale-in",
        title="Let ECS terminate idle instances",
        why="You pay for an instance whether or not a task runs on it.",
        source=f"{_GUIDE}/managed-instances-infrastructure-optimization.html",
        severity=Severity.LOW,
        option="ManagedInstancesCapacity.scale_in_after",
    ),
    Practice(
        id="managed-daemons",
        title="Run agents on Managed Instances as managed daemons",
        why=(
            "You cannot log in to these instances, and an agent that runs as a service can start after the "
            "application. ECS starts a managed daemon first on every instance, and lets it use only directories of the "
            "instance."
        ),
        source=f"{_GUIDE}/managed-daemons.html",
        severity=Severity.MEDIUM,
        option="ManagedDaemon",
    ),
    Practice(
        id="managed-instance-role-passing",
        title="Let ECS pass only the role of its instances",
        why=(
            "The managed policy for Managed Instances passes only roles named ecsInstanceRole. With another role name, "
            "no instance starts, and an account can have only one role with that name."
        ),
        source=f"{_GUIDE}/managed-instances-instance-profile.html",
        severity=Severity.HIGH,
        option="ManagedInstancesCapacity",
    ),
    Practice(
        id="external-tasks",
        title="Use only task options that work outside AWS on external instances",
        why=(
            "An external instance is not in a VPC. There, ECS refuses task network interfaces, load balancers, service "
            "discovery, capacity providers and EFS. Its tasks can make outbound calls, but cannot receive calls."
        ),
        source=f"{_GUIDE}/ecs-anywhere.html",
        severity=Severity.HIGH,
        option="ExternalService",
    ),
    Practice(
        id="external-activation",
        title="Limit an activation key to the number of machines, and to the time you need it",
        why=(
            "Anyone with the id and the code of an activation can register a machine, which then receives tasks and "
            "their roles. AWS shows the code once, when the activation is created, so it must never be in a template."
        ),
        source=f"{_GUIDE}/ecs-anywhere-registration.html",
        severity=Severity.HIGH,
        option="ExternalInstances.registration_limit",
        check="none",
        not_in_templates=(
            "CloudFormation cannot create activations: an administrator creates them and hands out the code."
        ),
    ),
    Practice(
        id="external-order",
        title="Register machines before you deploy the stack whose services run on them",
        why=(
            "CloudFormation waits up to a day and a half for the tasks of a service to run, and shows the outputs of a "
            "stack only at its end. The command that registers the first machine must come from an earlier deployment."
        ),
        source=f"{_GUIDE}/ecs-anywhere-registration.html",
        severity=Severity.HIGH,
        option="ExternalInstances",
        check="none",
        not_in_templates="It concerns the order of deployments, and a template describes only one.",
    ),
    Practice(
        id="express-mode",
        title="Use Express Mode for the workloads that fit it, and a service for the others",
        why=(
            "Express Mode runs one container on Fargate behind a shared load balancer, and uses canary deployments. "
            "Its container supports no read-only root file system, user, volume or sidecar. Its service supports no "
            "Spot and no other deployment strategy."
        ),
        source=f"{_GUIDE}/express-service-overview.html",
        severity=Severity.MEDIUM,
        option="ExpressService",
        check="none",
        not_in_templates="A template does not show whether Express Mode has all that an application will need.",
    ),
    Practice(
        id="express-private-by-default",
        title="Open a service to the internet only on explicit request",
        why=(
            "In public subnets, Express Mode creates an internet-facing load balancer and gives the tasks public "
            "addresses. In private subnets, the load balancer is internal."
        ),
        source=f"{_GUIDE}/express-service-work.html",
        severity=Severity.HIGH,
        option="ExpressService.internet_facing",
    ),
    Practice(
        id="beanstalk-platform",
        title="Pin a supported version of the platform",
        why=(
            "AWS retires platform versions, and you cannot create an environment with a retired version. Only Amazon "
            "Linux 2023 platforms get new versions."
        ),
        source=f"{_BEANSTALK}/platforms-support-policy.html",
        severity=Severity.HIGH,
        option="BeanstalkEnvironment.platform",
    ),
    Practice(
        id="beanstalk-managed-updates",
        title="Let Elastic Beanstalk update the platform each week",
        why="New platform versions contain patches of the operating system, of Docker and of the ECS agent.",
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
        why="Otherwise health is only what the load balancer sees, and logs are lost together with the instance.",
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
        title="Limit the number of instances, and run at least two",
        why=(
            "A single instance is in a single zone, and an update takes it out of service. Without an upper bound, "
            "your cost has no limit either."
        ),
        source=f"{_BEANSTALK}/command-options-general.html",
        severity=Severity.MEDIUM,
        option="BeanstalkEnvironment.min_instances",
    ),
    Practice(
        id="beanstalk-containers",
        title="Use only container options that Elastic Beanstalk supports",
        why=(
            "Elastic Beanstalk reads containers from a file in the source bundle, which is written before deployment. "
            "Here it gives them no separate roles, secrets or volumes."
        ),
        source=f"{_BEANSTALK}/create_deploy_docker_v2config.html",
        severity=Severity.MEDIUM,
        option="BeanstalkEnvironment.containers",
        check="none",
        not_in_templates="The containers are in a file of the source bundle, not in the template.",
    ),
)
