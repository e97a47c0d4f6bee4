"""Environment variables in a file in S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, has_members

if TYPE_CHECKING:
    from aws_cdk import aws_s3

    Bucket = aws_s3.IBucket
else:
    Bucket = Any


@frozen
class EnvironmentFile:
    """A file with a variable in each line (`NAME=value`), which ECS reads when a task starts.

    The values are plain text for everyone who can read the container's environment. `environment` takes precedence over
    the file.

    Attributes:
        bucket: The bucket, an `aws_s3.IBucket`. The execution role gets permission to read this one object and to use
            its key.
        key: Key of the object, which ends with `.env`.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html
    """

    bucket: Bucket
    key: str

    def problems(self) -> list[Problem]:
        """Find what is wrong with this file."""
        found = Problems()
        found.extend(field_problems(self))
        if not has_members(self.bucket, "bucket_arn", "arn_for_objects"):
            given = Shown(f"a value of type {type(self.bucket).__name__}")
            found.add("bucket", "not a bucket", given=given, allowed="an aws_s3.IBucket")
        return list(found)
