"""Checks of the options that GitHub and GitLab pipelines share."""

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
    """Find environments that are invalid, or have the name of another."""
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
            allowed = "letters, digits, hyphens, dots and underscores, as in role names"
            found.add(f"{option}.name", "not valid in a role name", given=name, allowed=allowed)
        elif name.lower() in names:
            allowed = "a unique name; IAM and GitHub ignore case in names"
            found.add(f"{option}.name", "another environment already has this name", given=name, allowed=allowed)
        names.append(name.lower())
    return list(found)


def qualifier_problems(environments: Sequence[Environment], qualifiers: Mapping[str, str]) -> list[Problem]:
    """Find environments that share the roles of `cdk bootstrap`: a deployer of one could deploy to the other."""
    found = Problems()
    for name, qualifier in qualifiers.items():
        if name not in {environment.name for environment in environments}:
            allowed = ", ".join(environment.name for environment in environments)
            found.add(f"qualifiers[{name!r}]", "no environment has this name", given=name, allowed=allowed)
        if not _QUALIFIER.fullmatch(qualifier):
            allowed = "1–10 lower-case letters and digits, as for cdk bootstrap --qualifier"
            found.add(f"qualifiers[{name!r}]", "not a qualifier", given=qualifier, allowed=allowed)
    first: dict[tuple[str | None, str | None, str], str] = {}
    for index, environment in enumerate(environments):
        place = (environment.account, environment.region, qualifiers.get(environment.name, BOOTSTRAP_QUALIFIER))
        if place in first:
            found.add(
                f"environments[{index}]",
                f"the same roles deploy {first[place]}, so permission for one includes the other",
                given=environment.name,
                allowed=(
                    "a separate account; or a separate qualifier, as in "
                    f'qualifiers={{"{environment.name}": "…"}}, with cdk bootstrap --qualifier and in its stacks'
                ),
                practice="one-account-per-environment",
            )
        first.setdefault(place, environment.name)
    return list(found)


def place_problems(environments: Sequence[Environment], images: Sequence[ImageBuild], account: str) -> list[Problem]:
    """Find a delivery that creates nothing in the account of the stack."""
    found = Problems()
    places = [environment.account for environment in environments if environment.account is not None]
    if is_token(account):
        if places:
            found.add(
                "environments",
                "the environments have an account, but the stack has none",
                given=", ".join(dict.fromkeys(places)),
                allowed="env=environment.env for the stack",
            )
    elif not images and not is_any_here(environments, account):
        found.add(
            "environments",
            f"no environment is in the account of the stack, {account}, and there is no image to build",
            given=", ".join(dict.fromkeys(places)),
            allowed="an environment of this account, or images to build in it",
        )
    return list(found)


def is_any_here(environments: Sequence[Environment], account: str) -> bool:
    """Tell whether an environment is in an account."""
    return any(environment.account in (None, account) for environment in environments)


def role_problems(names: RoleNames, environments: Sequence[Environment], max_session: DurationLike) -> list[Problem]:
    """Find role names and session durations that IAM does not accept."""
    found = Problems()
    longest = max((names.deploy(environment.name) for environment in environments), key=len, default=names.build)
    if not _PREFIX.fullmatch(names.prefix) or len(longest) > _LONGEST_ROLE:
        found.add(
            "role_prefix",
            "it does not form valid role names",
            given=longest,
            allowed=f"letters, digits and +=,.@_- with at most {_LONGEST_ROLE} characters in the longest role name",
        )
    length = seconds(max_session)
    if not _HOUR <= length <= 12 * _HOUR:
        found.add("max_session", "out of range", given=max_session, allowed="1–12 hours")
    return list(found)


def provider_problems(arn: str | None, issuer: str) -> list[Problem]:
    """Find an invalid provider, or a provider for tokens of another issuer."""
    found = Problems()
    end = f":oidc-provider/{issuer}"
    if arn is not None and not is_token(arn) and not (arn.startswith("arn:") and arn.endswith(end)):
        allowed = f"arn:aws:iam::ACCOUNT{end}"
        found.add("provider_arn", "not a provider for these tokens", given=arn, allowed=allowed, practice="oidc-trust")
    return list(found)
