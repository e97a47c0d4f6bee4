"""Practices for task definitions and the containers in them."""

from .model import Practice, Severity

_API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference"
_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"

PRACTICES = (
    Practice(
        id="fargate-task-size",
        title="Use a combination of CPU and memory that Fargate supports",
        why=(
            "Fargate supports a fixed list of CPU and memory combinations. ECS refuses a task definition with any "
            "other combination."
        ),
        source=f"{_GUIDE}/fargate-tasks-services.html#fargate-tasks-size",
        severity=Severity.HIGH,
        option="WebService.cpu, FargateTaskDefinition.cpu",
        checkers={"cfn-lint": ("E3047", "E3048")},
    ),
    Practice(
        id="container-count",
        title="Run one to ten containers in a task",
        why="ECS accepts at most ten containers in a task definition, and you cannot raise this quota.",
        source=f"{_GUIDE}/service-quotas.html",
        severity=Severity.HIGH,
        option="WebService.sidecars, FargateTaskDefinition.containers",
    ),
    Practice(
        id="essential-container",
        title="Make at least one container of a task essential",
        why=(
            "ECS refuses a task without an essential container. When an essential container stops, ECS stops the task "
            "and replaces it. When another container stops, the task keeps running."
        ),
        source=f"{_API}/API_ContainerDefinition.html",
        severity=Severity.HIGH,
        option="Container.essential",
        checkers={"cfn-lint": ("E3042",)},
    ),
    Practice(
        id="container-memory",
        title="Give each container a memory limit that fits into the task",
        why=(
            "Without limits, one leaking container uses up the memory until the kernel kills a container, which is not "
            "always the faulty one. ECS refuses limits that add up to more memory than the task has."
        ),
        source=f"{_API}/API_ContainerDefinition.html",
        severity=Severity.MEDIUM,
        option="Container.memory_limit_mib",
        checkers={"control-tower": ("CT.ECS.PR.7",)},
    ),
    Practice(
        id="container-dependencies",
        title="Use container dependencies without cycles, on conditions that can be met",
        why=(
            "With a cycle, or with HEALTHY on a container that has no health check, the task never starts. COMPLETE "
            "and SUCCESS do not work on an essential container, because the task stops when that container stops."
        ),
        source=f"{_API}/API_ContainerDependency.html",
        severity=Severity.HIGH,
        option="Container.depends_on",
    ),
    Practice(
        id="port-mappings",
        title="Use each port of a task once",
        why=(
            "The containers of a task share one network interface, so two containers cannot listen on the same port. A "
            "load balancer can reach only ports that a container declares."
        ),
        source=f"{_API}/API_PortMapping.html",
        severity=Severity.HIGH,
        option="Container.ports",
        checkers={"cfn-lint": ("E3053",)},
    ),
    Practice(
        id="fargate-log-driver",
        title="Use a log driver that Fargate supports",
        why=(
            "Fargate supports awslogs, awsfirelens and splunk. ECS refuses a task definition with any other log driver."
        ),
        source=f"{_API}/API_LogConfiguration.html",
        severity=Severity.HIGH,
        option="Container.log_driver",
        checkers={"cfn-lint": ("E3048",)},
    ),
    Practice(
        id="log-configuration",
        title="Send the output of every container to a log",
        why=(
            "Without a log configuration, the output of a container is lost with the task, including the message that "
            "explains a crash. This applies to sidecars too."
        ),
        source=f"{_GUIDE}/using_awslogs.html",
        severity=Severity.HIGH,
        option="Container.log_driver",
        checkers={
            "security-hub": ("ECS.9",),
            "control-tower": ("CT.ECS.PR.5",),
            "cdk-nag": ("AwsSolutions-ECS7",),
            "prowler": ("ecs_task_definitions_logging_enabled",),
            "cfn-lint": ("E3046",),
        },
    ),
    Practice(
        id="log-retention",
        title="Set a retention period for logs",
        why=(
            "By default a log group never expires its events. Its cost keeps growing, and it keeps personal data that "
            "you should delete. If the period is too short, the logs are gone before you can investigate."
        ),
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
        severity=Severity.LOW,
        option="Logs.retention",
        checkers={
            "control-tower": ("CT.CLOUDWATCH.PR.2",),
            "guard": ("CW_LOGGROUP_RETENTION_PERIOD_CHECK",),
            "checkov": ("CKV_AWS_66",),
            "prowler": ("cloudwatch_log_group_retention_policy_specific_days_enabled",),
        },
    ),
    Practice(
        id="log-encryption",
        title="Encrypt logs with your own KMS key",
        why=(
            "CloudWatch always encrypts logs. Only with your own key can you limit and audit who reads them, and make "
            "them unreadable at once."
        ),
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
        severity=Severity.LOW,
        option="Logs.encryption_key",
        checkers={
            "control-tower": ("CT.CLOUDWATCH.PR.3",),
            "guard": ("CLOUDWATCH_LOG_GROUP_ENCRYPTED",),
            "checkov": ("CKV_AWS_158",),
            "prowler": ("cloudwatch_log_group_kms_encryption_enabled",),
        },
    ),
    Practice(
        id="log-delivery-mode",
        title="Choose whether a container waits for its log or drops lines",
        why=(
            "In blocking mode, an application hangs when CloudWatch is slow or unreachable. In non-blocking mode, "
            "lines are lost when the buffer is full. The ECS default changed in 2025 and depends on an account "
            "setting, so the template must set the mode."
        ),
        source=f"{_API}/API_LogConfiguration.html",
        severity=Severity.MEDIUM,
        option="ContainerLogs.mode",
        checkers={"prowler": ("ecs_task_definitions_logging_block_mode",)},
    ),
    Practice(
        id="read-only-root-filesystem",
        title="Mount the root file system of containers read-only",
        why=(
            "With a writable file system, an attacker in the container can install tools and change the program. An "
            "application that fills its disk also takes the task down. Name the few writable directories explicitly."
        ),
        source=f"{_GUIDE}/security-tasks-containers.html",
        severity=Severity.HIGH,
        option="Container.readonly_root_filesystem",
        checkers={
            "security-hub": ("ECS.5",),
            "control-tower": ("CT.ECS.PR.6",),
            "prowler": ("ecs_task_definitions_containers_readonly_access",),
        },
    ),
    Practice(
        id="version-consistency",
        title="Run the same image in all tasks of a deployment",
        why=(
            "A tag can move while a service scales. Without version consistency, the tasks of one deployment run "
            "different images, and a rollback can start a version that never ran. ECS resolves the tag to a digest "
            "once for each deployment."
        ),
        source=f"{_GUIDE}/deployment-type-ecs.html",
        severity=Severity.MEDIUM,
        option="Container.version_consistency",
    ),
    Practice(
        id="fault-injection",
        title="Test how a task behaves when its network fails",
        why=(
            "Untested timeouts and retries tend to fail together with the dependency that they are meant for. AWS "
            "Fault Injection Service delays and drops the packets of tasks that allow it."
        ),
        source=f"{_GUIDE}/fault-injection.html",
        severity=Severity.LOW,
        option="TaskOptions.fault_injection",
        check="none",
        not_in_templates="A template can enable fault injection, but does not show whether you run experiments.",
    ),
    Practice(
        id="non-root-user",
        title="Run containers as a user other than root",
        why=(
            "Root in the container can change every file there, and needs only one kernel or runtime flaw to escape. "
            "Most images run as root by default."
        ),
        source=f"{_GUIDE}/security-tasks-containers.html",
        severity=Severity.HIGH,
        option="Container.user",
        checkers={
            "security-hub": ("ECS.20", "ECS.21"),
            "control-tower": ("CT.ECS.PR.3",),
        },
    ),
    Practice(
        id="no-privileged-containers",
        title="Do not run privileged containers",
        why=(
            "A privileged container has root permissions on its host, and therefore on everything else that runs "
            "there. Fargate does not support privileged containers."
        ),
        source=f"{_GUIDE}/security-tasks-containers.html",
        severity=Severity.CRITICAL,
        option="Container.privileged",
        checkers={
            "security-hub": ("ECS.4",),
            "control-tower": ("CT.ECS.PR.11",),
            "prowler": ("ecs_task_definitions_no_privileged_containers",),
        },
    ),
    Practice(
        id="few-capabilities",
        title="Add no capability that lets a container affect its host",
        why=(
            "With SYS_ADMIN, NET_ADMIN or ALL, a container is almost privileged: it can mount, trace or change "
            "resources of its host."
        ),
        source=f"{_API}/API_KernelCapabilities.html",
        severity=Severity.HIGH,
        option="Container.linux",
    ),
    Practice(
        id="no-host-network",
        title="Give tasks their own network",
        why=(
            "In host mode, a task can reach the instance metadata service and every service that listens on localhost. "
            "No security group separates the tasks."
        ),
        source=f"{_GUIDE}/security-tasks-containers.html",
        severity=Severity.HIGH,
        option="TaskOptions.network_mode",
        checkers={
            "security-hub": ("ECS.1", "ECS.17"),
            "control-tower": ("CT.ECS.PR.4", "CT.ECS.PR.8"),
            "guard": ("ECS_TASK_DEFINITION_USER_FOR_HOST_MODE_CHECK",),
            "prowler": ("ecs_task_definitions_host_networking_mode_users",),
        },
    ),
    Practice(
        id="no-host-namespaces",
        title="Do not share process and IPC namespaces with the instance",
        why=(
            "A container in the process namespace of its host can see, read and stop the processes of all other tasks. "
            "Shared memory exposes the data that they keep in it."
        ),
        source=f"{_API}/API_RegisterTaskDefinition.html",
        severity=Severity.HIGH,
        option="TaskOptions.pid_mode, TaskOptions.ipc_mode",
        checkers={
            "security-hub": ("ECS.3",),
            "control-tower": ("CT.ECS.PR.10",),
            "prowler": ("ecs_task_definitions_host_namespace_not_shared",),
        },
    ),
    Practice(
        id="no-docker-socket",
        title="Do not mount the socket of the container runtime",
        why=(
            "A container that can write to /var/run/docker.sock can start a privileged container with the disk of the "
            "instance. One task is then root on everything else on the instance."
        ),
        source=f"{_GUIDE}/security-tasks-containers.html",
        severity=Severity.CRITICAL,
        option="HostVolume.host_path",
    ),
    Practice(
        id="efs-encryption-in-transit",
        title="Encrypt the connection to EFS",
        why=(
            "By default ECS uses unencrypted NFS for EFS, so files can be read and changed on the way. IAM "
            "authorization requires encryption in transit."
        ),
        source=f"{_GUIDE}/efs-volumes.html",
        severity=Severity.HIGH,
        option="EfsVolume",
        checkers={"security-hub": ("ECS.18",), "checkov": ("CKV_AWS_97",)},
    ),
    Practice(
        id="efs-access-point",
        title="Mount EFS through an access point with IAM authorization",
        why=(
            "Otherwise every task that can reach the file system sees all of it, as any user, including root. An "
            "access point enforces a directory and a user, and IAM decides which task role can mount it."
        ),
        source="https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html",
        severity=Severity.MEDIUM,
        option="EfsVolume.access_point",
        checkers={
            "security-hub": ("EFS.3", "EFS.4"),
            "control-tower": ("CT.ELASTICFILESYSYSTEM.PR.3", "CT.ELASTICFILESYSYSTEM.PR.4"),
        },
    ),
    Practice(
        id="efs-same-vpc",
        title="Use an EFS file system in the VPC of the tasks",
        why=(
            "A file system has mount targets in only one VPC. A task in another VPC cannot resolve its name and does "
            "not start."
        ),
        source="https://docs.aws.amazon.com/efs/latest/ug/how-it-works.html",
        severity=Severity.HIGH,
        option="EfsVolume.file_system",
    ),
    Practice(
        id="ephemeral-storage",
        title="Set ephemeral storage to 21 to 200 GiB on Fargate, or omit it",
        why=(
            "Every task has 20 GiB by default, including the image, and you cannot request this default explicitly. "
            "ECS refuses values outside 21 to 200 GiB."
        ),
        source=f"{_GUIDE}/fargate-task-storage.html",
        severity=Severity.HIGH,
        option="TaskOptions.ephemeral_storage_gib",
    ),
    Practice(
        id="init-process",
        title="Run an init process in the container",
        why=(
            "Process 1 ignores signals that it has no handler for, and must reap its child processes. Without an init "
            "process, many programs ignore SIGTERM and ECS kills them in the middle of a request. Zombie processes "
            "also accumulate."
        ),
        source=f"{_API}/API_LinuxParameters.html",
        severity=Severity.MEDIUM,
        option="Container.init_process",
    ),
    Practice(
        id="stop-timeout",
        title="Give a container time to finish, at most 120 seconds on Fargate",
        why=(
            "After the stop timeout, ECS kills the container and its unfinished work is lost. The default is 30 "
            "seconds, and Fargate accepts 2 to 120 seconds."
        ),
        source=f"{_API}/API_ContainerDefinition.html",
        severity=Severity.MEDIUM,
        option="Container.stop_timeout",
    ),
    Practice(
        id="container-health-check",
        title="Add a health check to containers that no load balancer checks",
        why=(
            "Without a health check, ECS keeps a hanging process because it considers it healthy. A deployment of a "
            "broken version also succeeds."
        ),
        source=f"{_GUIDE}/healthcheck.html",
        severity=Severity.MEDIUM,
        option="Container.health_check",
    ),
    Practice(
        id="runtime-platform",
        title="Set the CPU architecture and operating system of the image",
        why=(
            "The ECS defaults are x86_64 and Linux. An image for another architecture does not start: ECS cannot pull "
            "it, or the only log line is `exec format error`."
        ),
        source=f"{_API}/API_RuntimePlatform.html",
        severity=Severity.MEDIUM,
        option="TaskOptions.architecture",
    ),
    Practice(
        id="container-names",
        title="Give containers and volumes unique names of letters, digits, hyphens and underscores",
        why=(
            "Dependencies, mounts and load balancers refer to a container by its name. ECS refuses a task definition "
            "with a name that is empty, repeated, longer than 255 characters or contains other characters."
        ),
        source=f"{_API}/API_ContainerDefinition.html",
        severity=Severity.HIGH,
        option="Container.name",
    ),
)
