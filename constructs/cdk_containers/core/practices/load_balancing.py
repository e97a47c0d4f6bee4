"""Practices for load balancers, their listeners and target groups."""

from .model import Practice, Severity

_ALB = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application"
_SECURITY_HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html"

PRACTICES = (
    Practice(
        id="https-listener",
        title="Serve HTTPS with a certificate from ACM",
        why="Plain HTTP can be read and changed by everybody on the way, passwords and session cookies included.",
        source=f"{_ALB}/create-https-listener.html",
        severity=Severity.CRITICAL,
        option="AlbExposure.https, ApplicationLoadBalancer.https, ClassicExposure.https, NlbExposure.certificate",
        checkers={
            "security-hub": ("ELB.3", "ELB.18"),
            "control-tower": ("CT.ELASTICLOADBALANCING.PR.2", "CT.ELASTICLOADBALANCING.PR.12"),
            "guard": ("ELBV2_LISTENER_PROTOCOL_RULE", "ELBV2_ACM_CERTIFICATE_REQUIRED", "ELB_TLS_HTTPS_LISTENERS_ONLY"),
            "cdk-nag": ("AwsSolutions-ELB5",),
            "checkov": ("CKV_AWS_2", "CKV_AWS_103"),
            "prowler": ("elbv2_ssl_listeners", "elbv2_nlb_tls_termination_enabled", "elb_ssl_listeners"),
        },
    ),
    Practice(
        id="http-redirect",
        title="Redirect HTTP to HTTPS, or do not listen on it",
        why=(
            "A second listener that serves plain HTTP undoes the first one: links and bookmarks without https keep "
            "working, unencrypted."
        ),
        source=f"{_SECURITY_HUB}#elb-1",
        severity=Severity.HIGH,
        option="ApplicationLoadBalancer.redirect_http",
        checkers={
            "security-hub": ("ELB.1",),
            "control-tower": ("CT.ELASTICLOADBALANCING.PR.1",),
            "guard": ("ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK",),
            "prowler": ("elbv2_ssl_listeners",),
        },
    ),
    Practice(
        id="tls-policy",
        title="Use a TLS policy that AWS recommends",
        why=(
            "The policy that a listener gets when none is named may allow old versions and weak ciphers. Security Hub "
            "keeps a list of those that pass, and the default of aws-cdk-lib 2.275 is not on it."
        ),
        source=f"{_ALB}/describe-ssl-policies.html",
        severity=Severity.HIGH,
        option="ApplicationLoadBalancer.tls_policy, NlbExposure",
        checkers={
            "security-hub": ("ELB.17",),
            "guard": ("ELBV2_LISTENER_SSL_POLICY_RULE",),
            "checkov": ("CKV_AWS_103",),
            "prowler": ("elbv2_insecure_ssl_ciphers",),
        },
    ),
    Practice(
        id="access-logs",
        title="Write the access logs of a load balancer to S3",
        why=(
            "Requests that the load balancer refused, or that no target answered, appear in no other log. Without it "
            "neither an attack nor a wave of errors can be explained afterwards."
        ),
        source=f"{_ALB}/enable-access-logging.html",
        severity=Severity.MEDIUM,
        option="ApplicationLoadBalancer.access_logs, NetworkLoadBalancer.access_logs, ClassicExposure.access_logs",
        checkers={
            "security-hub": ("ELB.5",),
            "control-tower": ("CT.ELASTICLOADBALANCING.PR.6", "CT.ELASTICLOADBALANCING.PR.10"),
            "guard": ("ELBV2_ACCESS_LOGGING_RULE", "ELB_LOGGING_ENABLED"),
            "cdk-nag": ("AwsSolutions-ELB2",),
            "checkov": ("CKV_AWS_91", "CKV_AWS_92"),
            "prowler": ("elbv2_logging_enabled", "elb_logging_enabled"),
        },
    ),
    Practice(
        id="drop-invalid-headers",
        title="Drop request headers that are not valid",
        why=(
            "A header that load balancer and application read differently lets an attacker hide a second request in "
            "the first: request smuggling."
        ),
        source=f"{_ALB}/application-load-balancers.html",
        severity=Severity.MEDIUM,
        option="ApplicationLoadBalancer",
        checkers={
            "security-hub": ("ELB.4",),
            "control-tower": ("CT.ELASTICLOADBALANCING.PR.4",),
            "guard": ("ALB_HTTP_DROP_INVALID_HEADER_ENABLED",),
            "checkov": ("CKV_AWS_131",),
        },
    ),
    Practice(
        id="deletion-protection",
        title="Protect the load balancer of production from deletion",
        why=(
            "One wrong call or one renamed construct deletes it, and its DNS name does not come back: everything that "
            "points there has to be changed."
        ),
        source=f"{_ALB}/application-load-balancers.html#deletion-protection",
        severity=Severity.MEDIUM,
        option="ApplicationLoadBalancer.deletion_protection, NetworkLoadBalancer.deletion_protection",
        checkers={
            "security-hub": ("ELB.6",),
            "control-tower": ("CT.ELASTICLOADBALANCING.PR.5",),
            "guard": ("ELB_DELETION_PROTECTION_ENABLED",),
            "prowler": ("elbv2_deletion_protection",),
        },
    ),
    Practice(
        id="explicit-ingress",
        title="Say who may connect to a load balancer",
        why=(
            "CDK opens a listener to the whole internet unless told otherwise, an internal one and a test one as well. "
            "What is open is to be read in the code, not to be found out."
        ),
        source=f"{_ALB}/load-balancer-update-security-groups.html",
        severity=Severity.HIGH,
        option=(
            "AlbExposure.ingress, ApplicationLoadBalancer.ingress, NlbExposure.ingress, NetworkLoadBalancer.ingress, "
            "ClassicExposure.ingress"
        ),
        checkers={
            "security-hub": ("EC2.18", "EC2.19"),
            "control-tower": ("CT.EC2.PR.3", "CT.EC2.PR.4"),
            "guard": ("EC2_SECURITY_GROUP_INGRESS_OPEN_TO_WORLD_RULE",),
            "cdk-nag": ("AwsSolutions-EC23",),
            "checkov": ("CKV_AWS_260",),
        },
    ),
    Practice(
        id="listener-rule-priority",
        title="Give each rule of a listener a priority and conditions of its own",
        why=(
            "Two rules with one priority make the deployment of the second service fail. Two rules with the same "
            "conditions do not fail: one of the services just never gets a request."
        ),
        source=f"{_ALB}/listener-rules.html",
        severity=Severity.HIGH,
        option="ListenerRule.priority, NlbExposure.listener_port",
    ),
    Practice(
        id="exposure-names",
        title="Name the exposures of a service that has several on one load balancer",
        why=(
            "CloudFormation knows a target group and a rule by their ids. Where only conditions tell two exposures "
            "apart, removing the one with the broadest conditions gives its resources to the other, and requests go "
            "to tasks that do not serve them until the deployment is through."
        ),
        source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks.html",
        severity=Severity.MEDIUM,
        option="AlbExposure.name, NlbExposure.name, ClassicExposure.name, LatticeExposure.name",
        check="none",
        not_in_templates="A template has target groups as they are, and not those that a change would swap.",
    ),
    Practice(
        id="load-balancer-network",
        title="Put a load balancer into the network of the tasks",
        why="Target groups of one VPC cannot be used by a load balancer of another: the deployment fails.",
        source=f"{_ALB}/load-balancer-target-groups.html",
        severity=Severity.HIGH,
        option="AlbExposure.load_balancer, NlbExposure.load_balancer",
    ),
    Practice(
        id="load-balancer-to-task-path",
        title="Let security groups pass requests from load balancer to tasks",
        why=(
            "A rule that is missing at either end, or that names another port, shows as unhealthy targets only: the "
            "deployment waits for long and is rolled back, without a word about security groups."
        ),
        source=f"{_ALB}/load-balancer-update-security-groups.html",
        severity=Severity.HIGH,
        option="AlbExposure.load_balancer, NlbExposure.load_balancer",
    ),
    Practice(
        id="target-health-check",
        title="Let the load balancer ask a path that tells whether the service works",
        why=(
            "The default asks `/`, which may be slow, need a login or answer while everything behind it is broken. "
            "Requests then go to tasks that cannot serve them, or healthy tasks are replaced."
        ),
        source=f"{_ALB}/target-group-health-checks.html",
        severity=Severity.MEDIUM,
        option="AlbExposure.health_check_path, NlbExposure.health_check_path, ClassicExposure.health_check_path",
    ),
    Practice(
        id="deregistration-delay",
        title="Give requests time to finish before a task stops, and not more",
        why=(
            "ECS sends SIGTERM only when the load balancer has let go of a task. A delay shorter than the longest "
            "request cuts requests off; the default of 300 seconds makes every deployment wait five minutes."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-connection-draining.html",
        severity=Severity.MEDIUM,
        option="AlbExposure.deregistration_delay, NlbExposure.deregistration_delay",
    ),
    Practice(
        id="target-type-matches-network-mode",
        title="Register tasks by address where they have one, and by instance where not",
        why=(
            "A target group takes instances unless it says otherwise, and tasks in awsvpc mode are none: ECS refuses "
            "the service when it is created. Tasks in bridge and host mode have no addresses of their own."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html",
        severity=Severity.HIGH,
        option="TaskOptions.network_mode",
    ),
)
