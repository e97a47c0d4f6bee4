"""What the plan knows of resource types is what CloudFormation's registry says."""

from __future__ import annotations

from cdk_containers.copilot.adoption.registry import FIXED, IDENTIFIERS
from scripts.update_copilot_registry import TARGET, written


def test_the_file_is_what_the_script_writes() -> None:
    assert TARGET.read_text(encoding="utf-8") == written()


def test_what_is_known_of_a_type() -> None:
    assert FIXED["AWS::SQS::Queue"] == ("FifoQueue", "QueueName")
    assert IDENTIFIERS["AWS::SQS::Queue"] == ("QueueUrl",)
    assert "AWS::Lambda::Function" not in IDENTIFIERS
