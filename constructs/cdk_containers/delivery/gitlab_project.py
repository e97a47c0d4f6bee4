"""A GitLab project, and a branch or tag of it, as in its tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems

from .git_refs import pattern_problem
from .oidc_trust import OidcTrust

_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)+")
_URL = re.compile(r"https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:/[A-Za-z0-9._-]+)*")


@frozen
class GitLabRef:
    """A branch or a tag that deploys to an environment. Protect it in GitLab: everyone who can push it can deploy.

    Attributes:
        type: `branch` or `tag`.
        name: Its name; for a tag it may end in `*`, as in `v*`.

    See https://docs.gitlab.com/user/project/protected_tags/
    """

    type: Literal["branch", "tag"]
    name: str

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if not found and (wrong := pattern_problem(self.name, wildcard=self.type == "tag")):
            allowed = "a name such as v1.4, or a start such as v*" if self.type == "tag" else "a name such as main"
            found.add("name", wrong, given=self.name, allowed=allowed, practice="oidc-trust")
        return list(found)

    @property
    def subject(self) -> str:
        """Its part of the subject of a token."""
        return f"ref_type:{self.type}:ref:{self.name}"


@frozen
class GitLabProject:
    """A project on a GitLab instance.

    Attributes:
        path: Group and name, such as `acme/shop`. A project that is renamed needs new roles.
        url: URL of the instance, which AWS must be able to reach. Default: `https://gitlab.com`.
        audience: Audience of the token. Default: the URL of the instance.

    See https://docs.gitlab.com/ci/cloud_services/aws/
    """

    path: str
    url: str = "https://gitlab.com"
    audience: str | None = None

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        for option, pattern, what, allowed in (
            ("path", _PATH, "not a project", "GROUP/PROJECT, such as acme/shop"),
            ("url", _URL, "not an address of a provider", "https://, a host, and no port"),
        ):
            given = getattr(self, option)
            if not found.has(option) and not pattern.fullmatch(given):
                found.add(option, what, given=given, allowed=allowed, practice="oidc-trust")
        if self.audience == "":
            found.add("audience", "the audience is empty", given="", allowed="text, or None for the address")
        return list(found)

    @property
    def issuer(self) -> str:
        """Address of the issuer of its tokens, without `https://`."""
        return self.url.removeprefix("https://")

    @property
    def token_audience(self) -> str:
        """Audience of its tokens."""
        return self.audience or self.url

    def of_refs(self, refs: Sequence[GitLabRef]) -> OidcTrust:
        """Return the trust for jobs on branches and tags."""
        subjects = [f"project_path:{self.path}:{ref.subject}" for ref in dict.fromkeys(refs)]
        claims = {"aud": [self.token_audience]}
        if any("*" in subject for subject in subjects):
            return OidcTrust(issuer=self.issuer, claims=claims, patterns={"sub": subjects})
        return OidcTrust(issuer=self.issuer, claims=claims | {"sub": subjects}, patterns={})
