"""The forms that are not plain technical English, each with a text that it finds and one that it does not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Rule:
    """A form to avoid.

    Attributes:
        name: Name of the rule, for the allow-list.
        pattern: Regular expression that finds it. A space matches a line break too.
        instead: What to write.
        finds: Text in which the rule finds something.
        passes: Text of the same meaning, or with the same words in another sense, in which no rule finds anything.
    """

    name: str
    pattern: re.Pattern[str]
    instead: str
    finds: str
    passes: str


class Allowed(NamedTuple):
    """A hit that stays.

    Attributes:
        path: File, from the root of the repository.
        rule: Name of the rule.
        text: Words that the rule finds, in small letters.
        reason: Why they stay.
    """

    path: str
    rule: str
    text: str
    reason: str


_DESCRIPTION = "The description of a security group: another one replaces the group"
_BUILD_SPEC = "A part of build specs in templates, which change only with the script"

ALLOWED = (
    Allowed("constructs/cdk_containers/ecs/jobs/job.py", "nobody", "nobody", _DESCRIPTION),
    Allowed("benchmarks/handwritten_workloads.py", "nobody", "nobody", _DESCRIPTION),
    Allowed(
        "constructs/cdk_containers/registry/repository.py",
        "nothing-but",
        "all but",
        "The description of a lifecycle rule in templates",
    ),
    Allowed(
        "constructs/cdk_containers/operate/causes.py", "contraction", "can't", "A message of ECS that it looks for"
    ),
    Allowed("tests/operate/needed.py", "contraction", "can't", "A message of Secrets Manager"),
    Allowed("constructs/cdk_containers/delivery/scripts/scan_gate.py", "nobody", "nobody", _BUILD_SPEC),
    Allowed("constructs/cdk_containers/delivery/scripts/scan_gate.py", "of-ones-own", "of its own", _BUILD_SPEC),
    Allowed("constructs/cdk_containers/delivery/scripts/scan_gate.py", "the-one-that", "one that", _BUILD_SPEC),
    Allowed("constructs/cdk_containers/delivery/scripts/scan_gate.py", "whom", "whoever", _BUILD_SPEC),
    Allowed("constructs/cdk_containers/delivery/scripts/scan_gate.py", "need-not", "need not", _BUILD_SPEC),
)
"""What stays although a rule finds it. An entry that finds nothing any more fails the test."""


def _rule(name: str, pattern: str, instead: str, finds: str, passes: str) -> Rule:
    return Rule(name, re.compile(rf"\b(?:{pattern})\b".replace(" ", r"\s+")), instead, finds, passes)


RULES = (
    _rule(
        "nobody",
        "nobody|somebody|anybody",
        "name the actor: you, callers, the team; or 'no one'",
        "Nobody can say which version ran.",
        "You cannot tell which version ran.",
    ),
    _rule(
        "of-ones-own",
        "of (?:one's|its|their|your) own(?! (?!(?:and|or|for|in|to|that|which|on|with|at|as|is|are|if|so)\\b)\\w)",
        "its own X, a separate X, your own X",
        "A service on machines of one's own.",
        "A service on your own machines. It gets the names of its own tasks.",
    ),
    _rule(
        "the-one-that",
        "(?:the )?ones? that",
        "repeat the noun",
        "The task that runs is the one that answers.",
        "The running task answers. One task answers that request.",
    ),
    _rule(
        "has-to",
        "(?:has|have) to (?:give|look|be|have)|(?:what|who) has to",
        "must, and an active verb",
        "The file has to be there.",
        "The file must exist. The service has to restart.",
    ),
    _rule(
        "whom",
        "(?:to |for |from |by )?whom|whoever",
        "name the caller",
        "The role says to whom it belongs.",
        "The role shows its owner.",
    ),
    _rule(
        "where-nothing",
        "where (?:nothing|nobody|there is|one|a caller says)",
        "if or when",
        "Where nothing is set, the account decides.",
        "If you set nothing, the account setting applies. Where the file lies matters.",
    ),
    _rule(
        "says-nothing",
        "says? nothing(?: of| about)?|tells nobody|knows of|in it stands",
        "does not show; sends no notification",
        "The event says nothing of the reason.",
        "The event does not show the reason.",
    ),
    _rule(
        "comes-up",
        "(?:comes?|came|coming) up|(?:goes|go|went) over",
        "start, become healthy, shift, exceed",
        "The new tasks come up.",
        "The new tasks start.",
    ),
    _rule(
        "need-not",
        "needs? not|shall|ought to|for ever|dare not",
        "do not need to; must; forever",
        "You need not set it.",
        "You do not need to set it. A need that is not met fails.",
    ),
    _rule(
        "nothing-but",
        "(?:nothing|none|all|everything|closed) but",
        "only; except",
        "Grant nothing but reading.",
        "Grant read access only. It reads all, but slowly.",
    ),
    _rule(
        "at-times",
        "at times|seldom|now and then",
        "rarely; sometimes; the number",
        "A task stops now and then.",
        "A task sometimes stops. It starts at time 0, now and in a minute.",
    ),
    _rule(
        "leave-to",
        "with leave to|leave of|leave to (?:open|do|use|call)",
        "permission; allowed to",
        "Roles with leave to open a shell.",
        "Roles that can open a shell. Leave the default to AWS.",
    ),
    _rule(
        "look-after",
        "look(?:s|ed)? after",
        "manage; patch",
        "Instances that AWS looks after.",
        "Instances that AWS manages. Look at the log after a minute.",
    ),
    _rule(
        "inversion",
        "nor (?:is|are|does|do|has|have)|so (?:does|do|is|has) (?:the|it|they)|only then (?:is|does)",
        "subject, verb, object",
        "It has no role, nor does it need any.",
        "It has no role and needs none.",
    ),
    _rule(
        "is-to-be",
        "(?:is|are|was|were) to be",
        "must be; can be",
        "The key is to be rotated.",
        "Rotate the key. The best way is to begin small.",
    ),
    _rule("besides", "besides", "also; in addition", "Traffic is charged besides.", "Traffic costs extra."),
    _rule(
        "so-long",
        "so long (?:may|can|must)|so far as|so as to|as long as may be",
        "as long as; to",
        "So long may a message wait.",
        "A message can wait that long, as long as a task runs.",
    ),
    _rule(
        "that-which",
        "that which|those which|that of which",
        "what; the X that",
        "Take that which fits.",
        "Take the size that fits.",
    ),
    _rule(
        "some-number",
        r"some (?:two|three|four|five|ten|twenty|\d[\d,]*)",
        "about",
        "It waits some 20 seconds.",
        "It waits about 20 seconds. Some tasks wait.",
    ),
    _rule(
        "bookish",
        "if need be|in place of|be it|thereof|therein|hereof|hereby|herein|whereby|wherein|whereabouts|hence|henceforth"
        "|thus|upon|amongst|whilst|albeit|notwithstanding|moreover|furthermore",
        "plain words: instead of; so; where needed; also",
        "Use a secret in place of a variable.",
        "Use a secret instead of a variable. Maybe it works, in a place of your choice.",
    ),
    _rule(
        "stands",
        "stands? (?:in|on|at|there|here|below|above|beside)|stood (?:in|on|there)",
        "is; appears; lies",
        "The reason stands in the event.",
        "The event shows the reason. An emulator stands for AWS.",
    ),
    _rule(
        "best-effort-are",
        "are best effort",
        "work on a best-effort basis",
        "Strategies are best effort.",
        "Strategies work on a best-effort basis.",
    ),
    _rule(
        "allow-to",
        r"allows? to \w+",
        "allows you to; lets X do",
        "The option allows to open a shell.",
        "The option allows you to open a shell.",
    ),
    _rule(
        "there-when",
        "(?:is|are) there when",
        "exist when",
        "All sources are there when the task starts.",
        "All sources exist when the task starts.",
    ),
    _rule(
        "let-alone",
        "lets? alone|left alone|leaves? alone",
        "does not change",
        "The role is left alone.",
        "The role does not change.",
    ),
    _rule(
        "has-got",
        "(?:has|have|had) got",
        "has; reached",
        "Wait until it has got somewhere.",
        "Wait until it is healthy. It got the message that it has.",
    ),
    _rule(
        "too-an",
        r"too (?:short|long|small|large|great|little|few|many|big|high|low) an? \w+",
        "an X that is too short",
        "Too short a time leaves no logs.",
        "If the period is too short, no logs are left.",
    ),
    _rule(
        "all-of-the",
        "all of the",
        "all X; the whole X",
        "It shifts all of the traffic.",
        "It shifts all traffic, all of it at once.",
    ),
    _rule(
        "contraction",
        r"\w+n't|(?:it|that|there|what|here|who|let)'s|(?:you|we|they)'re|(?:you|we|they|it)'(?:ll|ve)|i'm",
        "both words",
        "It doesn't restart.",
        "It does not restart. The service's role reads the account's settings.",
    ),
)
