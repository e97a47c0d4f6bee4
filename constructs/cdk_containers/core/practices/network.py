"""Practices for the network that containers run in."""

from .model import Practice, Severity

PRACTICES = (
    Practice(
        id="private-subnets",
        title="Run tasks in private subnets",
        why=(
            "A task in a public subnet needs a public IP address to reach the internet, and is then itself reachable "
            "from there: one wrong security group rule exposes it. In a private subnet only the load balancer faces "
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
            "With one Availability Zone its failure is an outage of the whole application. An Application Load "
            "Balancer needs two of them to exist at all."
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
            "When the zone of a shared NAT gateway fails, tasks in the healthy zones lose the internet too, and new "
            "tasks cannot pull their images. Traffic between zones is charged besides."
        ),
        source="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
        severity=Severity.MEDIUM,
        option="Network.nat_gateways",
    ),
    Practice(
        id="flow-logs",
        title="Record the traffic of the network in flow logs",
        why=(
            "Without flow logs nobody can say afterwards what an intruder reached, or why a connection was refused. "
            "They cannot be had for the time before they were switched on."
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
            "Image pulls, logs and secrets otherwise leave the network through a NAT gateway, which charges by the "
            "gigabyte, and tasks in an isolated subnet cannot start at all. An endpoint can also carry a policy that "
            "limits what may be reached through it."
        ),
        source="https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
        severity=Severity.MEDIUM,
        option="Network.interface_endpoints",
        checkers={"security-hub": ("EC2.55", "EC2.56")},
    ),
    Practice(
        id="no-public-ip-on-launch",
        title="Switch off automatic public IP addresses in every subnet",
        why=(
            "Whatever is started in the subnet, by anybody, is otherwise on the internet at once. A public subnet "
            "holds load balancers and NAT gateways, which bring their own addresses."
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
        title="Let only those connect to tasks that have to",
        why=(
            "A security group that is open to the world lets everybody try what the load balancer, its TLS and its "
            "firewall keep away, on ports that nobody meant to publish as well."
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
