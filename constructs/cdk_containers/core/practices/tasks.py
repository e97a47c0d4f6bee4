"""Practices for task definitions and the containers in them."""

from .model import Practice, Severity

_API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference"
_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"

PRACTICES = (
    Practice(
        id="fargate-task-size",
        title="Choose CPU and memory from the pairs that Fargate has",
        why="Fargate has a fixed table of CPU and memory. ECS refuses a task definition with any other pair.",
        source=f"{_GUIDE}/fargate-tasks-services.html#fargate-tasks-size",
        severity=Severity.HIGH,
        option="WebService.cpu, FargateTaskDefinition.cpu",
        checkers={"cfn-lint": ("E3047", "E3048")},
    ),
    Practice(
        id="container-count",
        title="Put one to ten containers into a task",
        why="Ten is the quota of ECS and cannot be raised: the task definition is refused.",
        source=f"{_GUIDE}/service-quotas.html",
        severity=Severity.HIGH,
        option="WebService.sidecars, FargateTaskDefinition.containers",
    ),
    Practice(
        id="essential-container",
        title="Make at least one container of a task essential",
        why=(
            "ECS refuses a task without an essential container. When an essential container stops, the task stops and "
            "is replaced; when another stops, nothing happens."
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
            "Without limits one leaking container starves the others until the kernel kills one, not always the one at "
            "fault. Limits that add up to more than the task has are refused."
        ),
        source=f"{_API}/API_ContainerDefinition.html",
        severity=Severity.MEDIUM,
        option="Container.memory_limit_mib",
        checkers={"control-tower": ("CT.ECS.PR.7",)},
    ),
    Practice(
        id="container-dependencies",
        title="Let containers depend on each other without a cycle and on conditions that can come true",
        why=(
            "A cycle, or a wait for HEALTHY on a container without a health check, means that the task never starts. "
            "COMPLETE and SUCCESS cannot be asked of an essential container, whose end is the end of the task."
        ),
        source=f"{_API}/API_ContainerDependency.html",
        severity=Severity.HIGH,
        option="Container.depends_on",
    ),
    Practice(
        id="port-mappings",
        title="Use each port of a task once",
        why=(
            "The containers of a task share one network interface, so two that listen on the same port cannot both "
            "start. A load balancer can only reach a port that a container declares."
        ),
        source=f"{_API}/API_PortMapping.html",
        severity=Severity.HIGH,
        option="Container.ports",
        checkers={"cfn-lint": ("E3053",)},
    ),
    Practice(
        id="fargate-log-driver",
        title="Use a log driver that Fargate has",
        why="Fargate has awslogs, awsfirelens and splunk. ECS refuses a task definition with any other.",
        source=f"{_API}/API_LogConfiguration.html",
        severity=Severity.HIGH,
        option="Container.log_driver",
        checkers={"cfn-lint": ("E3048",)},
    ),
    Practice(
        id="log-configuration",
        title="Send the output of every container to a log",
        why=(
            "Without a log configuration what a container prints is lost with the task, the message that says why it "
            "crashed first of all. Sidecars fail too."
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
        title="Say how long logs are kept",
        why=(
            "A log group keeps everything forever unless told otherwise: the bill grows without end, and personal "
            "data stays that should be gone. Too short a time leaves an investigation without material."
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
            "CloudWatch encrypts logs always, but only your own key lets you limit and audit who reads them, and "
            "make them unreadable at once."
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
        title="Decide whether a container waits for its log or drops lines",
        why=(
            "In blocking mode an application that prints hangs when CloudWatch is slow or out of reach; in "
            "non-blocking mode lines are lost when the buffer is full. The default of ECS changed in 2025 and depends "
            "on an account setting, so the template has to say it."
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
            "An attacker who gets into the container otherwise installs tools and changes the program, and an "
            "application that fills its disk takes the task down. Writable directories are named one by one instead."
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
        title="Run one image in all tasks of a deployment",
        why=(
            "A tag can move while a service scales: without it, tasks of one deployment run different images, and a "
            "rollback brings back a version that never ran. ECS resolves the tag to a digest once."
        ),
        source=f"{_GUIDE}/deployment-type-ecs.html",
        severity=Severity.MEDIUM,
        option="Container.version_consistency",
    ),
    Practice(
        id="fault-injection",
        title="Try what happens when the network of a task fails",
        why=(
            "Time-outs and retries that nobody has tried fail with the dependency that they are for. Fault Injection "
            "Service delays and drops the packets of tasks that let it."
        ),
        source=f"{_GUIDE}/fault-injection.html",
        severity=Severity.LOW,
        option="TaskOptions.fault_injection",
        check="none",
        not_in_templates="A template can let faults be injected; whether anybody does, it does not say.",
    ),
    Practice(
        id="non-root-user",
        title="Run containers as a user other than root",
        why=(
            "Root in the container can change everything there, and is one kernel or runtime flaw away from more. "
            "Most images run as root unless they are told otherwise."
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
        title="Run no privileged containers",
        why=(
            "A privileged container has all the rights of root on its host, and with it everything else that runs "
            "there. Fargate refuses it."
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
        title="Add no capability to a container that reaches beyond it",
        why=(
            "With SYS_ADMIN, NET_ADMIN or ALL a container is nearly as good as privileged: it mounts, traces or "
            "changes what belongs to its host."
        ),
        source=f"{_API}/API_KernelCapabilities.html",
        severity=Severity.HIGH,
        option="Container.linux",
    ),
    Practice(
        id="no-host-network",
        title="Give tasks their own network",
        why=(
            "In the network of the instance a task reaches the instance's metadata and everything that listens on "
            "localhost there, and no security group stands between the tasks."
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
        title="Share no processes and no memory with the instance",
        why=(
            "A container in the process namespace of its host sees, reads and stops what all other tasks run there, "
            "and shared memory hands over what they keep in it."
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
        title="Mount no socket of the container runtime",
        why=(
            "Whoever writes to /var/run/docker.sock starts a privileged container with the disk of the instance in "
            "it: one task is then root on all that runs beside it."
        ),
        source=f"{_GUIDE}/security-tasks-containers.html",
        severity=Severity.CRITICAL,
        option="HostVolume.host_path",
    ),
    Practice(
        id="efs-encryption-in-transit",
        title="Encrypt the connection to EFS",
        why=(
            "ECS talks plain NFS to EFS unless told otherwise, so files can be read and changed on the way. IAM "
            "authorization needs the encryption."
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
            "Without them every task that reaches the file system sees all of it as any user, root included. An access "
            "point fixes directory and user, and IAM decides which task role may mount it."
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
        title="Use an EFS file system of the VPC that the tasks run in",
        why=(
            "A file system has mount targets in one VPC only. A task elsewhere cannot resolve its name and does not "
            "start."
        ),
        source="https://docs.aws.amazon.com/efs/latest/ug/how-it-works.html",
        severity=Severity.HIGH,
        option="EfsVolume.file_system",
    ),
    Practice(
        id="ephemeral-storage",
        title="Ask Fargate for 21 to 200 GiB of ephemeral storage, or leave it out",
        why=(
            "20 GiB come with every task, the image included, and cannot be asked for. Anything outside 21 to 200 is "
            "refused."
        ),
        source=f"{_GUIDE}/fargate-task-storage.html",
        severity=Severity.HIGH,
        option="TaskOptions.ephemeral_storage_gib",
    ),
    Practice(
        id="init-process",
        title="Start an init process in the container",
        why=(
            "Process 1 is spared every signal that it has no handler for, and has to reap its children. Without an "
            "init process many programs ignore SIGTERM and are killed in the middle of a request, and zombies add up."
        ),
        source=f"{_API}/API_LinuxParameters.html",
        severity=Severity.MEDIUM,
        option="Container.init_process",
    ),
    Practice(
        id="stop-timeout",
        title="Give a container the time it needs to finish, at most 120 seconds on Fargate",
        why=(
            "After the stop timeout ECS kills what still runs, and the work in hand is lost. The default is 30 "
            "seconds; Fargate takes 2 to 120."
        ),
        source=f"{_API}/API_ContainerDefinition.html",
        severity=Severity.MEDIUM,
        option="Container.stop_timeout",
    ),
    Practice(
        id="container-health-check",
        title="Check the health of what no load balancer checks",
        why=(
            "ECS otherwise takes a process that hangs for a healthy one and keeps it, and a deployment of a broken "
            "version succeeds."
        ),
        source=f"{_GUIDE}/healthcheck.html",
        severity=Severity.MEDIUM,
        option="Container.health_check",
    ),
    Practice(
        id="runtime-platform",
        title="Say for which processor and operating system the image is built",
        why=(
            "ECS takes x86_64 and Linux where nothing is said. An image for another processor then does not start: it "
            "cannot be pulled, or all that is ever logged is `exec format error`."
        ),
        source=f"{_API}/API_RuntimePlatform.html",
        severity=Severity.MEDIUM,
        option="TaskOptions.architecture",
    ),
    Practice(
        id="container-names",
        title="Name containers and volumes uniquely, in letters, digits, hyphens and underscores",
        why=(
            "Dependencies, mounts and load balancers find a container by its name, and ECS refuses a task definition "
            "with a name that is empty, used twice, longer than 255 characters or made of anything else."
        ),
        source=f"{_API}/API_ContainerDefinition.html",
        severity=Severity.HIGH,
        option="Container.name",
    ),
)
