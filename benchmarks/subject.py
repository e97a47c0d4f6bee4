"""What all ways of writing the benchmark's services have in common."""

from __future__ import annotations

IMAGE = "public.ecr.aws/nginx/nginx-unprivileged:1.29"
PORT = 8080
NIGHTLY = "cron(0 3 * * ? *)"
KUBERNETES = "1.36"
ADMIN_ARN = "arn:aws:iam::111122223333:role/Admin"
CERTIFICATE_ARN = "arn:aws:acm:eu-west-1:111122223333:certificate/00000000-0000-0000-0000-000000000000"


def host(index: int) -> str:
    """Return the host name whose requests are a service's."""
    return f"web{index}.example.com"
