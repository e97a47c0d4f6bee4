"""Practices for domains: names, certificates, IPv6 and what stands in front of a load balancer."""

from .model import Practice, Severity

_ROUTE_53 = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide"

PRACTICES = (
    Practice(
        id="dns-validated-certificate",
        title="Let ACM validate certificates by DNS",
        why=(
            "A certificate that is validated by e-mail waits for somebody to click at every renewal. If nobody does, "
            "it expires, and browsers refuse the site. By DNS, ACM renews it by itself as long as the record is there."
        ),
        source="https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html",
        severity=Severity.MEDIUM,
        option="Domain",
    ),
    Practice(
        id="domain-names",
        title="Give each name to one service, in a hosted zone that its stack can write to",
        why=(
            "Route 53 takes one record for each name: the deployment of the second service fails. A record outside the "
            "zone is refused, and one in a zone of another account too."
        ),
        source=f"{_ROUTE_53}/routing-to-elb-load-balancer.html",
        severity=Severity.HIGH,
        option="Domain.name, DomainNames.hosts, AlbExposure.domain, NlbExposure.domain",
    ),
    Practice(
        id="dual-stack-addresses",
        title="Offer IPv6 where the network has it, and open what is offered",
        why=(
            "A load balancer is refused IPv6 addresses in subnets that have none. One with IPv4 alone takes rules for "
            "IPv6 callers without a word, and nobody ever comes."
        ),
        source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-ip-address-type.html",
        severity=Severity.MEDIUM,
        option="Network.dual_stack, ApplicationLoadBalancer.ip_address_type, NetworkLoadBalancer.ip_address_type",
    ),
    Practice(
        id="web-acl",
        title="Put AWS WAF in front of an application that faces the internet",
        why=(
            "Known attacks, such as SQL injection and floods from one address, reach the application otherwise, and "
            "each has to be kept out by its code."
        ),
        source="https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-associating-aws-resource.html",
        severity=Severity.MEDIUM,
        option="ApplicationLoadBalancer.web_acl",
        checkers={"security-hub": ("ELB.16",), "checkov": ("CKV2_AWS_28",), "prowler": ("elbv2_waf_acl_attached",)},
    ),
)
