"""An AWS WAF web ACL in front of a load balancer."""

from __future__ import annotations

import re

import aws_cdk as cdk
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from cdk_containers.core.cdk_modules import wafv2
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token

_ARN = re.compile(
    r"arn:[^:]+:wafv2:(?P<region>[^:]+):(?P<account>\d{12}):(?P<scope>regional|global)/webacl/[^/]+/[^/]+"
)


@frozen
class WebAcl:
    """An AWS WAF web ACL that inspects requests before the load balancer forwards them.

    Attributes:
        arn: ARN of a regional web ACL in the load balancer's account and region, such as `CfnWebACL.attr_arn`.
        fail_open: Forwards requests if WAF does not answer. Default: False, which answers them with 500.

    See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-waf.html
    """

    arn: str
    fail_open: bool = False

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found or is_token(self.arn):
            return list(found)
        match = _ARN.fullmatch(self.arn)
        if match is None:
            found.add(
                "arn",
                "not the ARN of a web ACL",
                given=self.arn,
                allowed="arn:aws:wafv2:region:account:regional/webacl/name/id",
                practice="web-acl",
            )
        elif match["scope"] == "global":
            found.add(
                "arn",
                "the web ACL is for CloudFront",
                given=self.arn,
                allowed="a web ACL with scope REGIONAL",
                practice="web-acl",
            )
        return list(found)

    def place_problems(self, scope: Construct) -> list[Problem]:
        """Find a web ACL that is not in the account and region of the load balancer."""
        found = Problems()
        match = None if is_token(self.arn) else _ARN.fullmatch(self.arn)
        stack = cdk.Stack.of(scope)
        for what, here in (("region", stack.region), ("account", stack.account)):
            if match is not None and not is_token(here) and match[what] != here:
                found.add(
                    "arn",
                    f"the web ACL is not in the {what} of the load balancer",
                    given=self.arn,
                    allowed=f"a web ACL in {what} {here}",
                    practice="web-acl",
                )
        return list(found)

    def attach(self, scope: Construct, load_balancer: elbv2.ApplicationLoadBalancer) -> None:
        """Put the web ACL in front of a load balancer."""
        wafv2.CfnWebACLAssociation(scope, "WebAcl", resource_arn=load_balancer.load_balancer_arn, web_acl_arn=self.arn)
        load_balancer.set_attribute("waf.fail_open.enabled", "true" if self.fail_open else "false")
