"""The repository of a pipeline, and which pushes start it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems

_CONNECTION = re.compile(
    r"arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/[0-9a-f-]{36}"
)
_REPOSITORY = re.compile(r"[^/\s]+(/[^/\s]+)+")
_MOST_PATTERNS = 8
_LONGEST_PATTERN = 255


@frozen
class Source:
    """The repository that a pipeline builds: create it with `Source.connection`.

    Attributes:
        connection_arn: ARN of the connection to GitHub, GitLab or Bitbucket. You create the connection in the console,
            because you must grant access at the provider.
        repository: Name of the repository, with its owner: `example/shop`.
        branch: Branch to build when you start the pipeline manually. Default: `main`.
        branches: Branches whose pushes start the pipeline, as glob patterns; a pattern with a leading `!` excludes its
            matches. Default: `branch` only, unless there are `tags`.
        paths: Files of which a push to a branch must change at least one, as glob patterns. A pushed tag always starts
            the pipeline. Default: any file.
        tags: Git tags that start the pipeline when they are pushed, as glob patterns. Default: none.

    See https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-filter.html
    """

    connection_arn: str
    repository: str
    branch: str = "main"
    branches: Sequence[str] = ()
    paths: Sequence[str] = ()
    tags: Sequence[str] = ()

    @staticmethod
    def connection(
        connection_arn: str,
        repository: str,
        *,
        branch: str = "main",
        branches: Sequence[str] = (),
        paths: Sequence[str] = (),
        tags: Sequence[str] = (),
    ) -> Source:
        """Use a repository through a connection of AWS CodeConnections.

        Args:
            connection_arn: ARN of the connection, which must be available.
            repository: Name of the repository, with its owner: `example/shop`.
            branch: Branch to build when you start the pipeline manually. Default: `main`.
            branches: Branches whose pushes start the pipeline: `["main", "release/**", "!release/old"]`. Default:
                `branch` only, unless there are `tags`.
            paths: Files of which a push must change at least one: `["web/**", "!**/*.md"]`. Default: any file.
            tags: Git tags that start the pipeline: `["v*"]`. Default: none.
        """
        return Source(
            connection_arn=connection_arn,
            repository=repository,
            branch=branch,
            branches=branches,
            paths=paths,
            tags=tags,
        )

    @property
    def triggering_branches(self) -> Sequence[str]:
        """The branches whose pushes start the pipeline, including the default."""
        return self.branches or (() if self.tags else (self.branch,))

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if not found.has("connection_arn") and not _CONNECTION.fullmatch(self.connection_arn):
            found.add(
                "connection_arn",
                "not the ARN of a connection",
                given=self.connection_arn,
                allowed="arn:aws:codeconnections:eu-west-1:111111111111:connection/… of a connection that is available",
            )
        if not found.has("repository") and not _REPOSITORY.fullmatch(self.repository):
            found.add(
                "repository", "not a repository with its owner", given=self.repository, allowed="such as example/shop"
            )
        if not found.has("branch") and (not self.branch or set(self.branch) & set("*?[! ")):
            found.add("branch", "not a branch", given=self.branch, allowed="one branch, such as main")
        for option in ("branches", "paths", "tags"):
            if not found.has(option):
                found.extend(_filter_problems(option, getattr(self, option)))
        if not found.has("paths") and not found.has("branches") and self.paths and not self.triggering_branches:
            found.add(
                "paths",
                "tags start the pipeline regardless of the changed files, and no branch starts it",
                given=self.paths,
                allowed="branches beside paths, or no paths",
            )
        return list(found)


@frozen
class Filter:
    """A filter in the form of CodePipeline."""

    includes: Sequence[str]
    excludes: Sequence[str]

    @staticmethod
    def of(patterns: Sequence[str]) -> Filter:
        """Separate the included patterns of a filter from the excluded ones."""
        return Filter(
            includes=[pattern for pattern in patterns if not pattern.startswith("!")],
            excludes=[pattern[1:] for pattern in patterns if pattern.startswith("!")],
        )

    def never_matches(self) -> bool:
        """Tell whether the filter excludes everything that it includes."""
        if not self.includes:
            return any(pattern in ("*", "**") for pattern in self.excludes)
        return all(any(_covers(wide, narrow) for wide in self.excludes) for narrow in self.includes)


def _covers(wide: str, narrow: str) -> bool:
    """Tell whether a pattern matches everything that another one matches; False if that is not obvious."""
    if wide in (narrow, "**") or (wide == "*" and "/" not in narrow and "**" not in narrow):
        return True
    if "**" in wide:
        return fnmatchcase(narrow, wide.replace("**", "*"))
    if narrow.count("/") != wide.count("/") or "**" in narrow:
        return False
    return all(fnmatchcase(part, pattern) for part, pattern in zip(narrow.split("/"), wide.split("/"), strict=True))


def _filter_problems(option: str, patterns: Sequence[str]) -> list[Problem]:
    found = Problems()
    for index, pattern in enumerate(patterns):
        text = pattern.removeprefix("!")
        if not text or len(text) > _LONGEST_PATTERN or text != text.strip():
            found.add(
                f"{option}[{index}]",
                "not a pattern",
                given=pattern,
                allowed=f"1–{_LONGEST_PATTERN} characters, such as main or release/**; with a leading ! to exclude",
            )
    if found or not patterns:
        return list(found)
    filter_ = Filter.of(patterns)
    if max(len(filter_.includes), len(filter_.excludes)) > _MOST_PATTERNS:
        found.add(
            option,
            "more patterns than CodePipeline accepts",
            given=len(patterns),
            allowed=f"{_MOST_PATTERNS} patterns to include and {_MOST_PATTERNS} with a leading !",
        )
    if filter_.never_matches():
        found.add(
            option,
            "the filter excludes everything, so nothing would start the pipeline",
            given=list(patterns),
            allowed="a pattern that no pattern with a leading ! excludes",
        )
    return list(found)
