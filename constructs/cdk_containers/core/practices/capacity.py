"""Practices for EC2 instances that run tasks."""

from .model import Practice, Severity

_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
_SCALING = "https://docs.aws.amazon.com/autoscaling/ec2/userguide"

PRACTICES = (
    Practice(
        id="instance-metadata-for-instances-only",
        title="Answer metadata requests of the instance alone",
        why=(
            "A task that reaches the instance metadata service gets the credentials of the instance. IMDSv2 with one "
            "hop, and the agent's block for tasks with their own address, keep it out. Tasks with host "
            "networking still reach it."
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
        title="Give the role of instances nothing but what the ECS agent needs",
        why=(
            "Every task on an instance could use what its role may do. The role of a task is the task's alone, and its"
            " use is recorded by task."
        ),
        source=f"{_GUIDE}/security-iam-roles.html",
        severity=Severity.CRITICAL,
        option="Ec2Capacity",
    ),
    Practice(
        id="encrypted-instance-volumes",
        title="Encrypt the volumes of instances",
        why="Images, logs and what containers write lie on them, also in their snapshots.",
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
        title="Open shells with Session Manager and not with SSH",
        why=(
            "A key that was handed out cannot be taken back, and a port has to be open for it. Session Manager asks "
            "IAM each time, needs no port, and records who did what."
        ),
        source="https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html",
        severity=Severity.HIGH,
        option="InstanceOptions.ssh_key",
    ),
    Practice(
        id="supported-machine-image",
        title="Start instances from an image that is still patched",
        why=(
            "Support of Amazon Linux 2 ended in June 2026. Amazon Linux 2023 and Bottlerocket get patches, and each "
            "deployment takes their newest image."
        ),
        source=f"{_GUIDE}/ecs-optimized_AMI.html",
        severity=Severity.HIGH,
        option="InstanceOptions.machine_image",
    ),
    Practice(
        id="instance-architecture",
        title="Use one architecture for instances, machine image and containers",
        why=(
            "An image for x86 does not start on Graviton, and the other way round: the instance never joins the "
            "cluster, or the container ends with an exec format error."
        ),
        source=f"{_GUIDE}/ecs-arm64.html",
        severity=Severity.HIGH,
        option="Ec2Capacity.instance_types",
    ),
    Practice(
        id="nitro-instances",
        title="Use instance types of the Nitro system",
        why=(
            "Older types encrypt no traffic between instances, hold fewer network interfaces, and have no ENI trunking."
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
        title="Replace instances before they grow old",
        why=(
            "An instance that runs for months misses every patch of the machine image, and shows only when it is "
            "replaced in an emergency that nobody can make a new one."
        ),
        source=f"{_SCALING}/asg-max-instance-lifetime.html",
        severity=Severity.MEDIUM,
        option="Ec2Capacity.max_instance_lifetime",
    ),
    Practice(
        id="managed-instance-scaling",
        title="Let ECS scale the instances that its tasks need",
        why=(
            "A group that follows its own CPU knows nothing of tasks that wait for room, and ends instances that run "
            "some."
        ),
        source=f"{_GUIDE}/cluster-auto-scaling.html",
        severity=Severity.MEDIUM,
        option="Ec2Capacity.scaling",
    ),
    Practice(
        id="managed-termination-protection",
        title="Do not scale in instances that run tasks",
        why=(
            "Without it a scale-in takes the oldest instance, whatever runs on it. It works with managed scaling only."
            " It also keeps a stack from being deleted while tasks run, so environments that are thrown away switch it"
            " off."
        ),
        source=f"{_GUIDE}/managed-termination-protection.html",
        severity=Severity.MEDIUM,
        option="ManagedScaling.termination_protection",
        checkers={"security-hub": ("ECS.19",)},
    ),
    Practice(
        id="managed-draining",
        title="Move tasks off an instance before it ends",
        why="Tasks on an instance that is terminated without draining end in the middle of requests.",
        source=f"{_GUIDE}/managed-instance-draining.html",
        severity=Severity.MEDIUM,
        option="ManagedScaling.draining",
    ),
    Practice(
        id="spot-draining",
        title="Drain Spot instances when their notice comes",
        why=(
            "Two minutes before AWS takes a Spot instance back it says so. The agent moves tasks away in that time "
            "only if it is told to."
        ),
        source=f"{_GUIDE}/container-instance-spot.html",
        severity=Severity.MEDIUM,
        option="Ec2Capacity",
    ),
    Practice(
        id="capacity-retired-first",
        title="Move tasks off a capacity in one deployment, and remove it in the next",
        why=(
            "ECS does not let go of a capacity provider that tasks use, and CloudFormation takes it out of the cluster "
            "before the services move. Both in one deployment fail and roll back."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html",
        severity=Severity.MEDIUM,
        option="Ec2Capacity.retired",
        check="none",
        not_in_templates="It is about two deployments, one after the other, and a template is one of them.",
    ),
    Practice(
        id="capacity-beside-cluster",
        title="Keep capacity and cluster in one stack",
        why=(
            "Instances name their cluster, and the cluster its capacity providers: two stacks would each need the "
            "other first."
        ),
        source=f"{_GUIDE}/asg-capacity-providers.html",
        severity=Severity.HIGH,
        option="Ec2Capacity.cluster",
        check="none",
        not_in_templates="Stacks that need each other make no templates: CDK and CloudFormation refuse the circle.",
    ),
    Practice(
        id="task-fits-instance",
        title="Ask for no more than an instance has",
        why=(
            "A task that fits on no instance waits forever. What an instance has to give is less than its size: the "
            "system keeps memory, and network interfaces run out before CPU does."
        ),
        source=f"{_GUIDE}/task-placement.html",
        severity=Severity.HIGH,
        option="WebService.capacity",
    ),
    Practice(
        id="host-ports",
        title="Let ports of instances be free ones",
        why=(
            "With a fixed port an instance runs one task of a service, and a deployment needs as many spare instances "
            "as tasks. With bridge networking and no host port, Docker takes a free one and the load balancer follows."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html",
        severity=Severity.MEDIUM,
        option="Port.host_port, TaskOptions.network_mode",
    ),
    Practice(
        id="gpu-capacity",
        title="Run containers that use GPUs on instances that have them",
        why="Fargate has no GPUs, and ECS gives a GPU to one container at a time.",
        source=f"{_GUIDE}/ecs-gpu.html",
        severity=Severity.MEDIUM,
        option="Container.gpus",
    ),
    Practice(
        id="neuron-devices",
        title="Run containers that use Inferentia or Trainium on instances with Neuron's machine image",
        why=(
            "The plain machine image lacks the driver, and a container sees only the devices that its task definition "
            "names. A device that the instance does not have keeps the task from starting."
        ),
        source=f"{_GUIDE}/ecs-inference.html",
        severity=Severity.MEDIUM,
        option="Container.neuron_devices",
    ),
    Practice(
        id="instance-volumes",
        title="Mount directories and Docker volumes of instances on EC2 only",
        why="They are on one instance, and a task that is replaced elsewhere does not find them again.",
        source=f"{_GUIDE}/using_data_volumes.html",
        severity=Severity.MEDIUM,
        option="WebService.volumes, HostVolume, DockerVolume",
    ),
    Practice(
        id="instance-kernel-options",
        title="Set options of the kernel on EC2 only",
        why="Fargate shares no kernel options with its containers beyond a few, and refuses a task that asks for more.",
        source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html",
        severity=Severity.MEDIUM,
        option="Container.linux, Container.ulimits",
    ),
    Practice(
        id="ebs-volume",
        title="Encrypt EBS volumes of tasks, and use one for each task",
        why=(
            "ECS makes, attaches and deletes one EBS volume for each task of a service. Its size, type and speed "
            "depend on each other, and a wrong combination fails when the first task starts."
        ),
        source=f"{_GUIDE}/ebs-volumes.html",
        severity=Severity.MEDIUM,
        option="EbsVolume",
    ),
    Practice(
        id="daemon-scheduling",
        title="Run daemons on instances, without a count",
        why=(
            "The DAEMON strategy runs one task on every instance. A count, scaling, a placement strategy or Fargate "
            "contradict it, and ECS refuses them."
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
            "It knows instances and ports, and neither addresses of tasks nor ports that change. It also keeps ECS "
            "from moving tasks between zones."
        ),
        source=f"{_GUIDE}/load-balancer-types.html",
        severity=Severity.HIGH,
        option="ClassicExposure",
    ),
)
