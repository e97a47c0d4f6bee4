"""What is wrong with the options that pipelines of GitHub and of GitLab share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cdk_containers.applications import Environment
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import DurationLike, is_token, seconds

from .image_build import ImageBuild
from .oidc_roles import BOOTSTRAP_QUALIFIER, RoleNames

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_PREFIX = re.compile(r"[A-Za-z0-9+=,.@_-]{1,64}")
_QUALIFIER = re.compile(r"[a-z0-9]{1,10}")
_LONGEST_ROLE = 64
_HOUR = 3600


def environment_problems(environments: Sequence[Environment]) -> list[Problem]:
    """Find environments that are wrong by themselves, or have the name of another."""
    found = Problems()
    if not environments:
        found.add("environments", "no environment", given=environments, allowed="one Environment or more")
    names: list[str] = []
    for index, environment in enumerate(environments):
        option = f"environments[{index}]"
        found.extend(environment.problems(), under=option)
        if found.has(option):
            continue
        name = environment.name
        if not _NAME.fullmatch(name):
            allowed = "letters, digits, hyphens, dots and underscores, as names of roles have"
            found.add(f"{option}.name", "not a name of a role", given=name, allowed=allowed)
        elif name.lower() in names:
            allowed = "a name of its own; IAM and GitHub take names that differ in case for the same"
            found.add(f"{option}.name", "another environment has this name", given=name, allowed=allowed)
        names.append(name.lower())
    return list(found)


def qualifier_problems(environments: Sequence[Environment], qualifiers: Mapping[str, str]) -> list[Problem]:
    """Find environments that share the roles of `cdk bootstrap`: who deploys to one could deploy to the other."""
    found = Problems()
    for name, qualifier in qualifiers.items():
        if name not in {environment.name for environment in environments}:
            allowed = ", ".join(environment.name for environment in environments)
            found.add(f"qualifiers[{name!r}]", "no environment has this name", given=name, allowed=allowed)
        if not _QUALIFIER.fullmatch(qualifier):
            allowed = "1–10 lower-case letters and digits, as cdk bootstrap --qualifier takes them"
            found.add(f"qualifiers[{name!r}]", "not a qualifier", given=qualifier, allowed=allowed)
    first: dict[tuple[str | None, str | None, str], str] = {}
    for index, environment in enumerate(environments):
        place = (environment.account, environment.region, qualifiers.get(environment.name, BOOTSTRAP_QUALIFIER))
        if place in first:
            found.add(
                f"environments[{index}]",
                f"it is deployed by the same roles as {first[place]}, so who may deploy one may deploy the other",
                given=environment.name,
                allowed=(
                    "an account of its own; or a qualifier of its own, as in "
                    f'qualifiers={{"{environment.name}": "…"}}, with cdk bootstrap --qualifier and in its stacks'
                ),
                practice="one-account-per-environment",
            )
        first.setdefault(place, environment.name)
    return list(found)


def place_problems(environments: Sequence[Environment], images: Sequence[ImageBuild], account: str) -> list[Problem]:
    """Find out whether anything is to be made in the account of the stack."""
    found = Problems()
    places = [environment.account for environment in environments if environment.account is not None]
    if is_token(account):
        if places:
            found.add(
                "environments",
                "they say which account they are in, and the stack does not say which it is in",
                given=", ".join(dict.fromkeys(places)),
                allowed="env=environment.env for the stack",
            )
    elif not images and not is_any_here(environments, account):
        found.add(
            "environments",
            f"none of them is in the account of the stack, {account}, and there is no image to build",
            given=", ".join(dict.fromkeys(places)),
            allowed="an environment of this account, or images to build in it",
        )
    return list(found)


def is_any_here(environments: Sequence[Environment], account: str) -> bool:
    """Tell whether an environment is in an account."""
    return any(environment.account in (None, account) for environment in environments)


def role_problems(names: RoleNames, environments: Sequence[Environment], max_session: DurationLike) -> list[Problem]:
    """Find names that IAM does not take, and sessions that it does not give."""
    found = Problems()
    longest = max((names.deploy(environment.name) for environment in environments), key=len, default=names.build)
    if not _PREFIX.fullmatch(names.prefix) or len(longest) > _LONGEST_ROLE:
        found.add(
            "role_prefix",
            "no names of roles come of it",
            given=longest,
            allowed=f"letters, digits and +=,.@_- with at most {_LONGEST_ROLE} characters in the longest name",
        )
    length = seconds(max_session)
    if not _HOUR <= length <= 12 * _HOUR:
        found.add("max_session", "out of range", given=max_session, allowed="1–12 hours")
    return list(found)


def provider_problems(arn: str | None, issuer: str) -> list[Problem]:
    """Find a provider that is none, or that is for tokens of somebody else."""
    found = Problems()
    end = f":oidc-provider/{issuer}"
    if arn is not None and not is_token(arn) and not (arn.startswith("arn:") and arn.endswith(end)):
        allowed = f"arn:aws:iam::ACCOUNT{end}"
        found.add("provider_arn", "not a provider for these tokens", given=arn, allowed=allowed, practice="oidc-trust")
    return list(found)
