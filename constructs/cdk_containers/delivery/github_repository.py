"""A GitHub repository, as in its tokens."""

from __future__ import annotations

import re

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token

from .oidc_trust import OidcTrust

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[A-Za-z0-9._-]{1,100}")
_WHERE = "gh api repos/{name} --jq '.id, .owner.id' prints both"


@frozen
class GitHubRepository:
    """A repository on github.com, by its name and by its numbers, which stay the same when it is renamed.

    After a repository is renamed or deleted, someone else can take its name, but not its numbers. Therefore tokens must
    contain the numbers.

    Attributes:
        name: Owner and name, such as `acme/shop`.
        id: Number of the repository; `gh api repos/acme/shop --jq .id` prints it.
        owner_id: Number of the owner; `gh api repos/acme/shop --jq .owner.id` prints it. Subjects of repositories that
            were made or renamed after 15 July 2026 contain it.

    See https://docs.github.com/en/actions/reference/security/oidc
    """

    name: str
    id: int
    owner_id: int

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if not found.has("name") and not _NAME.fullmatch(self.name):
            found.add(
                "name",
                "not a repository",
                given=self.name,
                allowed="OWNER/NAME, such as acme/shop",
                practice="oidc-trust",
            )
        for option in ("id", "owner_id"):
            number = getattr(self, option)
            if not found.has(option) and (is_token(number) or number < 1):
                found.add(
                    option,
                    "not a GitHub number",
                    given=number,
                    allowed=_WHERE.format(name=self.name),
                    practice="oidc-trust",
                )
        return list(found)

    def of_branch(self, branch: str, workflow_file: str) -> OidcTrust:
        """Return the trust for jobs on a branch without an environment."""
        return self._trust(f"ref:refs/heads/{branch}", branch, workflow_file)

    def of_environment(self, environment: str, branch: str, workflow_file: str) -> OidcTrust:
        """Return the trust for jobs on a branch that have an environment in GitHub."""
        return self._trust(f"environment:{environment}", branch, workflow_file, environment)

    def _trust(self, context: str, branch: str, workflow_file: str, environment: str | None = None) -> OidcTrust:
        owner, _, name = self.name.partition("/")
        ref = f"refs/heads/{branch}"
        claims: dict[str, list[str]] = {
            "aud": [AUDIENCE],
            "sub": [
                f"repo:{self.name}:{context}",
                f"repo:{owner}@{self.owner_id}/{name}@{self.id}:{context}",
            ],
            "repository_id": [str(self.id)],
            # A job of a pull request may name an environment; its ref is that of the pull request.
            "ref": [ref],
            # A workflow for pull_request_target runs on the ref of the branch; it is in another file.
            "job_workflow_ref": [f"{self.name}/.github/workflows/{workflow_file}@{ref}"],
        }
        if environment is not None:
            claims["environment"] = [environment]
        return OidcTrust(issuer=ISSUER, claims=claims, patterns={})
