"""What people read is plain technical English, as far as words and forms can show it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from prose import Hit, find, in_text, read, texts_of_code, unexpected
from prose_rules import ALLOWED, RULES, Allowed, Rule

A_FILE = Path("docs/a-page.md")


@cache
def hits() -> Sequence[Hit]:
    return find(read())


def rules_that_find(text: str) -> list[str]:
    return [hit.rule.name for hit in in_text(text, A_FILE)]


def test_no_text_has_a_form_to_avoid() -> None:
    assert [str(hit) for hit in unexpected(hits())] == []


@pytest.mark.parametrize("entry", ALLOWED, ids=lambda it: f"{it.path}-{it.rule}")
def test_each_entry_of_the_allow_list_still_finds_something(entry: Allowed) -> None:
    assert any(hit.is_of(entry) for hit in hits())
    assert entry.reason


@pytest.mark.parametrize("rule", RULES, ids=lambda it: it.name)
def test_a_rule_finds_its_example_and_passes_the_better_text(rule: Rule) -> None:
    assert rules_that_find(rule.finds) == [rule.name]
    assert rules_that_find(rule.passes) == []
    assert len(unexpected([*in_text(rule.finds, A_FILE)])) == 1


def test_code_and_addresses_are_no_prose() -> None:
    assert rules_that_find("`nobody` ``a nobody`` [a user](#nobody) https://a.example/nobody") == []
    assert rules_that_find("```python\nuser = 'nobody'\n```\nnobody") == ["nobody"]


def test_the_line_of_a_hit_counts_what_was_blanked_out() -> None:
    assert [hit.line for hit in in_text("```\na\nb\n```\nIt has\nto be here.", A_FILE)] == [5]


@pytest.mark.parametrize(
    "source",
    [
        '"""Nobody knows."""',
        'def f():\n    """It has\n    to be here."""',
        "# nobody knows",
        "x = 1  # nobody knows",
        "# it has\n# to be here",
        'raise ValueError("nobody knows it")',
        'raise ValueError(f"{path} is read by nobody")',
        'raise ValueError(f"{path} is read by nobody in {place}")',
        'raise ValueError(\n    "it has "\n    "to be here"\n)',
        "print('no \"one\", nobody at all')",
    ],
)
def test_code_says_things_in_docstrings_comments_and_messages(source: str) -> None:
    assert len(rules_that_find(texts_of_code(source))) == 1


@pytest.mark.parametrize(
    "source",
    ['user = "nobody"', "nobody = 1", 'f(f"{nobody} may read it")', 'f("where it is", nobody)', 'f("it has", "to be")'],
)
def test_names_are_no_prose(source: str) -> None:
    assert rules_that_find(texts_of_code(source)) == []


def test_generated_pages_are_read_in_their_sources(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("docs/constructs/service.md", "docs/constructs/_text/service.md", "docs/practices.md", "docs/faq.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("Nobody.")
    monkeypatch.setattr("prose.ROOT", tmp_path)
    assert {hit.path.as_posix() for hit in find([tmp_path])} == {"docs/constructs/_text/service.md", "docs/faq.md"}
