"""Options that the actions of `cdk-containers copilot` share."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import UsageError


def add_workspace(parser: ArgumentParser) -> None:
    """Add the options for the workspace, and for values that it does not contain."""
    add = parser.add_argument
    add("workspace", type=Path, metavar="WORKSPACE", help="the folder that contains copilot/, or a subfolder of it")
    add("--env", action="append", default=[], metavar="ENV", help="an environment; may be repeated; all by default")
    add_what_manifests_leave_open(parser, certificate="ENV=ARN")


def add_what_manifests_leave_open(parser: ArgumentParser, *, certificate: str) -> None:
    """Add the options for values that no manifest contains. `certificate` shows the form of a certificate."""
    add = parser.add_argument
    add("--domain", help="domain of the application, as in `copilot app init --domain`")
    add(
        "--certificate-arn",
        action="append",
        default=[],
        metavar=certificate,
        help="certificate for an environment's load balancers; may be repeated",
    )
    add("--image-tag", default="latest", metavar="TAG", help="tag of images that Copilot pushed; latest by default")
    add("--no-records", action="store_true", help="create no public DNS records, while those of Copilot exist")


def certificates(arguments: Namespace) -> dict[str, list[str]]:
    """Return the certificates by environment.

    Raises:
        UsageError: A certificate has no environment.
    """
    found: dict[str, list[str]] = {}
    for given in arguments.certificate_arn:
        environment, equals, arn = given.partition("=")
        if not equals or not arn.startswith("arn:"):
            raise UsageError(f"--certificate-arn: got {given!r}; allowed: ENV=ARN, such as prod=arn:aws:acm:…")
        found.setdefault(environment, []).append(arn)
    return found


@contextmanager
def refused(place: str = "") -> Iterator[None]:
    """Turn errors of manifests into errors of the command, with all their problems.

    Args:
        place: Prefix of problems that a construct found, because a construct knows no file.
    """
    try:
        from cdk_containers.copilot.manifests import ManifestError  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UsageError(f"copilot needs {error.name}: pip install 'cdk-containers[copilot]'") from None
    from cdk_containers.core.errors import ConstructError  # noqa: PLC0415

    try:
        yield
    except ManifestError as error:
        raise UsageError(*str(error).splitlines()) from None
    except ConstructError as error:
        raise UsageError(*(place + " ".join(str(problem).split()) for problem in error.problems)) from None
