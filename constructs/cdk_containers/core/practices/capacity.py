"""Practices for EC2 instances that run tasks."""

from .model import Practice, Severity

_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
_SCALING = "https://docs.aws.amazon.com/autoscaling/ec2/userguide"

PRACTICES = (
    Practice(
        id="instance-metadata-for-instances-only",
        title="Keep tasks away from the instance metadata service",
        why=(
            "A task that reaches the instance metadata service gets the credentials of the instance. IMDSv2 with a hop "
            "limit of 1 and the ECS agent's block for tasks in awsvpc mode keep tasks out. Tasks in host mode can "
            "still reach it."
        ),
        source=f"{_GUIDE}/security-iam-roles.html",
        severity=Severity.CRITICAL,
        option="Ec2Capacity",
        checkers={
            "security-hub": ("EC2.8", "EC2.170", "AutoScaling.3", "AutoScaling.4"),
            "control-tower": ("CT.EC2.PR.1", "CT.EC2.PR.2", "CT.AUTOSCALING.PR.2", "CT.AUTOSCALING.PR.3"),
            "checkov": ("CKV_AWS_79",),
            "prowler": (
                "autoscaling_group_launch_configuration_requires_imdsv2",
                "ec2_launch_template_imdsv2_required",
            ),
        },
    ),
    Practice(
        id="instance-role-is-the-agents",
        title="Grant the instance role only the permissions that the ECS agent needs",
        why=(
            "Every task on an instance can use the permissions of the instance role. A task role belongs to one task, "
            "and CloudTrail records its use per task."
        ),
        source=f"{_GUIDE}/security-iam-roles.html",
        severity=Severity.CRITICAL,
        option="Ec2Capacity",
    ),
    Practice(
        id="encrypted-instance-volumes",
        title="Encrypt the volumes of instances",
        why="The volumes and their snapshots hold images, logs and the files that containers write.",
        source="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
        severity=Severity.HIGH,
        option="InstanceOptions.encryption_key",
        checkers={
            "security-hub": ("EC2.3",),
            "control-tower": ("CT.EC2.PR.7",),
            "guard": ("ENCRYPTED_VOLUMES",),
            "cdk-nag": ("AwsSolutions-EC26",),
            "checkov": ("CKV_AWS_3", "CKV_AWS_8"),
        },
    ),
    Practice(
        id="no-ssh",
        title="Open shells with Session Manager instead of SSH",
        why=(
            "You cannot revoke an SSH key that you handed out, and SSH needs an open port. Session Manager checks IAM "
            "permissions for each session, needs no open port, and records what each user did."
        ),
        source="https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html",
        severity=Severity.HIGH,
        option="InstanceOptions.ssh_key",
    ),
    Practice(
        id="supported-machine-image",
        title="Start instances from a machine image that AWS still patches",
        why=(
            "Support of Amazon Linux 2 ended in June 2026. AWS patches Amazon Linux 2023 and Bottlerocket, and each "
            "deployment uses their newest image."
        ),
        source=f"{_GUIDE}/ecs-optimized_AMI.html",
        severity=Severity.HIGH,
        option="InstanceOptions.machine_image",
    ),
    Practice(
        id="instance-architecture",
        title="Use the same architecture for instances, machine image and containers",
        why=(
            "An x86 image does not start on Graviton, and an ARM image does not start on x86. Either the instance "
            "never joins the cluster, or the container stops with an exec format error."
        ),
        source=f"{_GUIDE}/ecs-arm64.html",
        severity=Severity.HIGH,
        option="Ec2Capacity.instance_types",
    ),
    Practice(
        id="nitro-instances",
        title="Use instance types of the Nitro system",
        why=(
            "Older types do not encrypt traffic between instances, support fewer network interfaces, and do not "
            "support ENI trunking."
        ),
        source="https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-nitro-instances.html",
        severity=Severity.MEDIUM,
        option="InstanceOptions.nitro_only",
        checkers={
            "control-tower": ("CT.AUTOSCALING.PR.10", "CT.AUTOSCALING.PR.11"),
        },
    ),
    Practice(
        id="instance-lifetime",
        title="Replace instances regularly",
        why=(
            "An instance that runs for months misses every patch of the machine image. You also find out only in an "
            "emergency that it can no longer be replaced."
        ),
        source=f"{_SCALING}/asg-max-instance-lifetime.html",
        severity=Severity.MEDIUM,
        option="Ec2Capacity.max_instance_lifetime",
    ),
    Practice(
        id="managed-instance-scaling",
        title="Let ECS scale the instances that its tasks need",
        why=(
            "An Auto Scaling group that follows its own CPU does not see tasks that wait for room, and it can "
            "terminate instances that run tasks."
        ),
        source=f"{_GUIDE}/cluster-auto-scaling.html",
        severity=Severity.MEDIUM,
        option="Ec2Capacity.scaling",
    ),
    Practice(
        id="managed-termination-protection",
        title="Do not scale in instances that run tasks",
        why=(
            "Without this protection, a scale-in terminates the oldest instance, even if tasks run on it. It requires "
            "managed scaling. You cannot delete the stack while tasks run on protected instances, so temporary "
            "environments turn it off."
        ),
        source=f"{_GUIDE}/managed-termination-protection.html",
        severity=Severity.MEDIUM,
        option="ManagedScaling.termination_protection",
        checkers={"security-hub": ("ECS.19",)},
    ),
    Practice(
        id="managed-draining",
        title="Drain an instance before it is terminated",
        why="If an instance is terminated without draining, its tasks stop in the middle of requests.",
        source=f"{_GUIDE}/managed-instance-draining.html",
        severity=Severity.MEDIUM,
        option="ManagedScaling.draining",
    ),
    Practice(
        id="spot-draining",
        title="Drain Spot instances when they receive the interruption notice",
        why=(
            "AWS sends a notice two minutes before it reclaims a Spot instance. The ECS agent drains the tasks in that "
            "time only if you enable it."
        ),
        source=f"{_GUIDE}/container-instance-spot.html",
        severity=Severity.MEDIUM,
        option="Ec2Capacity",
    ),
    Practice(
        id="capacity-retired-first",
        title="Move tasks off a capacity provider in one deployment, and remove it in the next",
        why=(
            "ECS cannot remove a capacity provider that tasks still use, and CloudFormation removes it from the "
            "cluster before the services move. If one deployment does both, it fails and rolls back."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html",
        severity=Severity.MEDIUM,
        option="Ec2Capacity.retired",
        check="none",
        not_in_templates="It concerns two consecutive deployments, and a template describes only one.",
    ),
    Practice(
        id="capacity-beside-cluster",
        title="Keep capacity and cluster in one stack",
        why=(
            "Instances refer to their cluster, and the cluster refers to its capacity providers. Two stacks would "
            "depend on each other."
        ),
        source=f"{_GUIDE}/asg-capacity-providers.html",
        severity=Severity.HIGH,
        option="Ec2Capacity.cluster",
        check="none",
        not_in_templates=(
            "CDK and CloudFormation refuse circular dependencies between stacks, so no such template exists."
        ),
    ),
    Practice(
        id="task-fits-instance",
        title="Request no more CPU, memory and interfaces than an instance offers",
        why=(
            "A task that fits on no instance stays pending forever. An instance offers less than its nominal size: the "
            "system reserves memory, and network interfaces often run out before CPU does."
        ),
        source=f"{_GUIDE}/task-placement.html",
        severity=Severity.HIGH,
        option="WebService.capacity",
    ),
    Practice(
        id="host-ports",
        title="Use dynamic host ports",
        why=(
            "With a fixed host port, an instance can run only one task of the service, and a deployment needs as many "
            "spare instances as there are tasks. With bridge networking and no host port, Docker picks a free port and "
            "the load balancer follows it."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html",
        severity=Severity.MEDIUM,
        option="Port.host_port, TaskOptions.network_mode",
    ),
    Practice(
        id="gpu-capacity",
        title="Run containers that use GPUs on GPU instances",
        why="Fargate has no GPUs, and ECS assigns each GPU to one container at a time.",
        source=f"{_GUIDE}/ecs-gpu.html",
        severity=Severity.MEDIUM,
        option="Container.gpus",
    ),
    Practice(
        id="neuron-devices",
        title="Run containers that use Inferentia or Trainium on the Neuron machine image",
        why=(
            "The standard machine image lacks the Neuron driver, and a container sees only the devices in its task "
            "definition. If the instance does not have such a device, the task does not start."
        ),
        source=f"{_GUIDE}/ecs-inference.html",
        severity=Severity.MEDIUM,
        option="Container.neuron_devices",
    ),
    Practice(
        id="instance-volumes",
        title="Mount host directories and Docker volumes on EC2 only",
        why="The data stays on one instance. A task that ECS replaces on another instance does not find it.",
        source=f"{_GUIDE}/using_data_volumes.html",
        severity=Severity.MEDIUM,
        option="WebService.volumes, HostVolume, DockerVolume",
    ),
    Practice(
        id="instance-kernel-options",
        title="Set kernel options on EC2 only",
        why="Fargate supports only a few kernel options, and refuses a task that sets any other.",
        source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html",
        severity=Severity.MEDIUM,
        option="Container.linux, Container.ulimits",
    ),
    Practice(
        id="ebs-volume",
        title="Encrypt the EBS volumes of tasks, and use one for each task",
        why=(
            "ECS creates, attaches and deletes one EBS volume for each task of a service. Its size, type and "
            "throughput depend on each other, and an invalid combination fails only when the first task starts."
        ),
        source=f"{_GUIDE}/ebs-volumes.html",
        severity=Severity.MEDIUM,
        option="EbsVolume",
    ),
    Practice(
        id="daemon-scheduling",
        title="Run daemons on instances, without a task count",
        why=(
            "The DAEMON strategy runs one task on every instance. ECS refuses it together with a task count, scaling, "
            "a placement strategy or Fargate."
        ),
        source=f"{_GUIDE}/ecs_services.html",
        severity=Severity.HIGH,
        option="DaemonService",
        checkers={
            "cfn-lint": ("E3044",),
        },
    ),
    Practice(
        id="classic-load-balancer",
        title="Use a Classic Load Balancer only for a fixed port of instances",
        why=(
            "A Classic Load Balancer registers instances and fixed ports. It supports neither the IP addresses of "
            "tasks nor dynamic ports. It also prevents Availability Zone rebalancing."
        ),
        source=f"{_GUIDE}/load-balancer-types.html",
        severity=Severity.HIGH,
        option="ClassicExposure",
    ),
)
