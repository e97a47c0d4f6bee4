"""Practices for the network that containers run in."""

from .model import Practice, Severity

PRACTICES = (
    Practice(
        id="private-subnets",
        title="Run tasks in private subnets",
        why=(
            "A task in a public subnet needs a public IP address to reach the internet, so the internet can also reach "
            "the task. One wrong security group rule exposes it. With private subnets, only the load balancer faces "
            "the internet."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/networking-outbound.html",
        severity=Severity.HIGH,
        option="Network",
    ),
    Practice(
        id="multiple-availability-zones",
        title="Spread the network over several Availability Zones",
        why=(
            "If the network has one Availability Zone and it fails, the whole application is down. An Application Load "
            "Balancer requires at least two zones."
        ),
        source="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html",
        severity=Severity.HIGH,
        option="Network.max_azs",
        checkers={
            "security-hub": ("ELB.13",),
            "control-tower": ("CT.ELASTICLOADBALANCING.PR.14", "CT.ELASTICLOADBALANCING.PR.15"),
            "prowler": ("vpc_subnet_different_az", "elbv2_is_in_multiple_az", "elb_is_in_multiple_az"),
        },
    ),
    Practice(
        id="nat-gateway-per-az",
        title="Give each Availability Zone its own NAT gateway",
        why=(
            "If the zone of a shared NAT gateway fails, tasks in healthy zones also lose internet access, and new "
            "tasks cannot pull their images. Traffic between zones costs extra."
        ),
        source="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
        severity=Severity.MEDIUM,
        option="Network.nat_gateways",
    ),
    Practice(
        id="flow-logs",
        title="Record the traffic of the network in flow logs",
        why=(
            "Without flow logs, you cannot find out what an intruder reached or why a connection was rejected. Flow "
            "logs do not cover the time before you enable them."
        ),
        source="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",
        severity=Severity.MEDIUM,
        option="Network.flow_logs",
        checkers={"security-hub": ("EC2.6",), "cdk-nag": ("AwsSolutions-VPC7",), "prowler": ("vpc_flow_logs_enabled",)},
    ),
    Practice(
        id="vpc-endpoints",
        title="Reach AWS services through VPC endpoints",
        why=(
            "Otherwise image pulls, logs and secrets pass through a NAT gateway, which charges per gigabyte, and tasks "
            "in an isolated subnet cannot start. An endpoint policy can also limit which resources the tasks can reach "
            "through it."
        ),
        source="https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
        severity=Severity.MEDIUM,
        option="Network.interface_endpoints",
        checkers={"security-hub": ("EC2.55", "EC2.56")},
    ),
    Practice(
        id="no-public-ip-on-launch",
        title="Turn off automatic public IP addresses in every subnet",
        why=(
            "Otherwise every instance or task that starts in the subnet is on the internet at once. Public subnets are "
            "for load balancers and NAT gateways, which have their own addresses."
        ),
        source="https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-15",
        severity=Severity.MEDIUM,
        option="Network",
        checkers={
            "security-hub": ("EC2.15",),
            "control-tower": ("CT.EC2.PR.11",),
            "guard": ("SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED",),
            "prowler": ("vpc_subnet_no_public_ip_by_default",),
        },
    ),
    Practice(
        id="closed-task-security-group",
        title="Let only the callers that need it connect to tasks",
        why=(
            "With a security group that is open to the world, anyone can bypass the load balancer, its TLS and its "
            "firewall. Ports that you did not mean to publish are open too."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-network.html",
        severity=Severity.CRITICAL,
        option="WebService.security_groups, BackendService.security_groups, WorkerService.security_groups",
        checkers={
            "security-hub": ("EC2.18", "EC2.19"),
            "control-tower": ("CT.EC2.PR.3", "CT.EC2.PR.4"),
            "guard": ("EC2_SECURITY_GROUP_INGRESS_OPEN_TO_WORLD_RULE", "RESTRICTED_INCOMING_TRAFFIC"),
            "cdk-nag": ("AwsSolutions-EC23",),
            "checkov": ("CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260"),
            "prowler": (
                "ec2_securitygroup_allow_ingress_from_internet_to_all_ports",
                "ec2_securitygroup_allow_ingress_from_internet_to_any_port",
            ),
        },
    ),
)
