"""Practices for domains: names, certificates, IPv6 and protection in front of a load balancer."""

from .model import Practice, Severity

_ROUTE_53 = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide"

PRACTICES = (
    Practice(
        id="dns-validated-certificate",
        title="Let ACM validate certificates by DNS",
        why=(
            "With e-mail validation, someone must confirm every renewal. If no one does, the certificate expires and "
            "browsers reject the site. With DNS validation, ACM renews the certificate as long as the record exists."
        ),
        source="https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html",
        severity=Severity.MEDIUM,
        option="Domain",
    ),
    Practice(
        id="domain-names",
        title="Use each name for one service, in a hosted zone that its stack can change",
        why=(
            "Route 53 accepts one record for each name, so the deployment of a second service with that name fails. "
            "Route 53 also refuses a record outside the zone, and a record in a zone of another account."
        ),
        source=f"{_ROUTE_53}/routing-to-elb-load-balancer.html",
        severity=Severity.HIGH,
        option="Domain.name, DomainNames.hosts, AlbExposure.domain, NlbExposure.domain",
    ),
    Practice(
        id="dual-stack-addresses",
        title="Enable IPv6 if the subnets have it, and allow it in the security groups",
        why=(
            "A load balancer in subnets without IPv6 cannot have IPv6 addresses. An IPv4-only load balancer accepts "
            "rules for IPv6 callers without an error, but no IPv6 request ever arrives."
        ),
        source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-ip-address-type.html",
        severity=Severity.MEDIUM,
        option="Network.dual_stack, ApplicationLoadBalancer.ip_address_type, NetworkLoadBalancer.ip_address_type",
    ),
    Practice(
        id="web-acl",
        title="Put AWS WAF in front of an application that faces the internet",
        why=(
            "Without AWS WAF, known attacks such as SQL injection and request floods from one address reach the "
            "application, and its code must handle each of them."
        ),
        source="https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-associating-aws-resource.html",
        severity=Severity.MEDIUM,
        option="ApplicationLoadBalancer.web_acl",
        checkers={"security-hub": ("ELB.16",), "checkov": ("CKV2_AWS_28",), "prowler": ("elbv2_waf_acl_attached",)},
    ),
)
