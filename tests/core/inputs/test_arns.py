"""ARNs of things that exist: each option takes those of one kind, in every partition and wherever they are."""

from __future__ import annotations

import aws_cdk as cdk
import pytest

from cdk_containers.core.errors import Problems
from cdk_containers.core.inputs import arn_problems
from cdk_containers.core.inputs.arns import security_group_problems

PLACE = "eu-west-1:111111111111"
RIGHT = {
    "authority_arn": f"arn:aws:acm-pca:{PLACE}:certificate-authority/11111111-2222-3333-4444-555555555555",
    "dead_letter_queue_arn": f"arn:aws:sqs:{PLACE}:orders-failed",
    "group_arn": f"arn:aws:resource-groups:{PLACE}:group/reservations",
    "listener_arn": f"arn:aws:elasticloadbalancing:{PLACE}:listener/app/shared/0123456789abcdef/fedcba9876543210",
    "load_balancer_arn": f"arn:aws:elasticloadbalancing:{PLACE}:loadbalancer/net/shared/0123456789abcdef",
    "namespace_arn": f"arn:aws:servicediscovery:{PLACE}:namespace/ns-0123456789abcdef",
    "queue_arn": f"arn:aws:sqs:{PLACE}:orders.fifo",
    "repository_arn": f"arn:aws:ecr:{PLACE}:repository/shop/web",
    "service_arn": f"arn:aws:ecs:{PLACE}:service/shop/orders",
    "service_network_arn": f"arn:aws:vpc-lattice:{PLACE}:servicenetwork/sn-0123456789abcdef0",
    "task_role_arn": "arn:aws:iam::111111111111:role/team/orders",
}


@pytest.mark.parametrize("option", RIGHT)
@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-eusc"])
def test_an_option_takes_the_arns_of_its_kind(option: str, partition: str):
    arn = RIGHT[option].replace("arn:aws:", f"arn:{partition}:")
    assert arn_problems(Problems(), **{option: arn}) == []


@pytest.mark.parametrize("option", RIGHT)
def test_an_option_refuses_the_arns_of_other_kinds(option: str):
    queues = {"queue_arn", "dead_letter_queue_arn"}
    for other, arn in RIGHT.items():
        if {other, option} in ({option}, queues):
            continue
        [problem] = arn_problems(Problems(), **{option: arn})
        assert problem.option == option
        service = RIGHT[option].split(":")[2]
        assert f"arn:partition:{service}:" in str(problem)


def test_a_token_is_taken_as_it_is():
    assert arn_problems(Problems(), queue_arn=cdk.Fn.import_value("Orders")) == []


def test_a_load_balancer_is_of_one_type():
    arn = RIGHT["load_balancer_arn"]
    assert arn_problems(Problems(), type="net", load_balancer_arn=arn) == []
    [problem] = arn_problems(Problems(), type="app", load_balancer_arn=arn)
    assert "loadbalancer/app/…" in str(problem)


def test_a_security_group_is_given_by_its_id():
    for right in ("sg-0123456789abcdef0", cdk.Fn.import_value("Group")):
        assert security_group_problems("security_group_id", right) == []
    for wrong in ("web", "sg-web", "arn:aws:ec2:eu-west-1:111111111111:security-group/sg-0123456789abcdef0"):
        [problem] = security_group_problems("security_group_id", wrong)
        assert (problem.option, problem.what) == ("security_group_id", "not the id of a security group")
