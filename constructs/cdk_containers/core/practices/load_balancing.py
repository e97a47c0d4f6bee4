"""Practices for load balancers, their listeners and target groups."""

from .model import Practice, Severity

_ALB = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application"
_SECURITY_HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html"

PRACTICES = (
    Practice(
        id="https-listener",
        title="Serve HTTPS with a certificate from ACM",
        why="Anyone on the network path can read and change plain HTTP, including passwords and session cookies.",
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
            "A second listener that serves plain HTTP defeats the HTTPS listener: links and bookmarks without https "
            "keep working, unencrypted."
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
            "The default policy of a listener can allow old TLS versions and weak ciphers. Security Hub has a list of "
            "accepted policies, and the default of aws-cdk-lib 2.275 is not on it."
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
            "Requests that the load balancer rejects, or that no target answers, appear in no other log. Without the "
            "access log, you cannot explain an attack or a burst of errors afterwards."
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
        title="Drop invalid request headers",
        why=(
            "If the load balancer and the application interpret a header differently, an attacker can hide a second "
            "request in the first one (request smuggling)."
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
        title="Protect production load balancers from deletion",
        why=(
            "One wrong call or one renamed construct deletes the load balancer. Its DNS name does not come back, so "
            "you must change everything that points to it."
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
        title="State who may connect to a load balancer",
        why=(
            "By default, CDK opens a listener to the whole internet, including internal and test listeners. Your code "
            "should show which ports are open."
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
        title="Give each listener rule its own priority and its own conditions",
        why=(
            "If two rules have the same priority, the deployment of the second service fails. If two rules have the "
            "same conditions, the deployment succeeds, but one of the services never receives a request."
        ),
        source=f"{_ALB}/listener-rules.html",
        severity=Severity.HIGH,
        option="ListenerRule.priority, NlbExposure.listener_port",
    ),
    Practice(
        id="exposure-names",
        title="Name the exposures of a service that has several on one load balancer",
        why=(
            "CloudFormation identifies a target group and a rule by logical id. If only conditions tell two exposures "
            "apart and you remove the broader one, its resources go to the other exposure. Until the deployment "
            "completes, requests reach tasks that do not serve them."
        ),
        source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks.html",
        severity=Severity.MEDIUM,
        option="AlbExposure.name, NlbExposure.name, ClassicExposure.name, LatticeExposure.name",
        check="none",
        not_in_templates="A template shows the current target groups, and not which of them a change would swap.",
    ),
    Practice(
        id="load-balancer-network",
        title="Put a load balancer into the VPC of the tasks",
        why="A load balancer cannot use target groups of another VPC: the deployment fails.",
        source=f"{_ALB}/load-balancer-target-groups.html",
        severity=Severity.HIGH,
        option="AlbExposure.load_balancer, NlbExposure.load_balancer",
    ),
    Practice(
        id="load-balancer-to-task-path",
        title="Allow traffic from load balancer to tasks in both security groups",
        why=(
            "If a rule is missing on either side or names another port, you only see unhealthy targets. The deployment "
            "waits for a long time and rolls back, and no message mentions security groups."
        ),
        source=f"{_ALB}/load-balancer-update-security-groups.html",
        severity=Severity.HIGH,
        option="AlbExposure.load_balancer, NlbExposure.load_balancer",
    ),
    Practice(
        id="target-health-check",
        title="Use a health check path that shows whether the service works",
        why=(
            "The default path `/` can be slow, require a login, or respond although everything behind it is broken. "
            "Requests then reach tasks that cannot serve them, or ECS replaces healthy tasks."
        ),
        source=f"{_ALB}/target-group-health-checks.html",
        severity=Severity.MEDIUM,
        option="AlbExposure.health_check_path, NlbExposure.health_check_path, ClassicExposure.health_check_path",
    ),
    Practice(
        id="deregistration-delay",
        title="Give requests time to finish before a task stops, and no more than that",
        why=(
            "ECS sends SIGTERM only after the load balancer has deregistered a task. A delay shorter than the longest "
            "request interrupts requests. The default of 300 seconds makes every deployment wait five minutes."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-connection-draining.html",
        severity=Severity.MEDIUM,
        option="AlbExposure.deregistration_delay, NlbExposure.deregistration_delay",
    ),
    Practice(
        id="target-type-matches-network-mode",
        title="Register tasks by IP address in awsvpc mode, and by instance otherwise",
        why=(
            "By default a target group registers instances. For tasks in awsvpc mode, ECS refuses such a service when "
            "you create it. Tasks in bridge and host mode do not have their own IP addresses."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html",
        severity=Severity.HIGH,
        option="TaskOptions.network_mode",
    ),
)
