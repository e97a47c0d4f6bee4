"""The images of the application, from the registry or built when they are deployed."""

from __future__ import annotations

from cdk_containers import Container, Image, Repository
from cdk_containers.model.workload import ImageLike

from .settings import Settings


def application_image(settings: Settings, repository: Repository, target: str) -> ImageLike:
    """Return an image of the application: by the tag that the context gives, or from `sample/`."""
    if settings.image_tag is not None:
        return repository.image(settings.image_tag)
    return Image.from_asset("sample", target=target)


WORK = """
trap 'stopping=1' TERM
while [ -z "$stopping" ]; do
  receipt=$(aws sqs receive-message --queue-url "$QUEUE_URL" --query 'Messages[0].ReceiptHandle' --output text)
  [ "$receipt" = None ] || [ -z "$receipt" ] || {
    echo "done with a message"
    aws sqs delete-message --queue-url "$QUEUE_URL" --receipt-handle "$receipt"
  }
done
"""
"""What a worker does, in the words of the AWS CLI: take a message, work on it, delete it; and stop between two."""


def worker_container() -> Container:
    """Return a worker that needs no separate image."""
    return Container(
        image="public.ecr.aws/aws-cli/aws-cli:2.31.18",
        entry_point=["/bin/sh", "-c"],
        command=[WORK],
        environment={"HOME": "/tmp"},  # noqa: S108  (the only place that it may write to)
    )
