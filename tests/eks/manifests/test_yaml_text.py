"""Every object comes back from its text as it was, and people can read the text."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_containers.eks.manifests.yaml_text import yaml_text

READ_AS_SOMETHING_ELSE = [
    "yes",
    "no",
    "on",
    "off",
    "y",
    "n",
    "Y",
    "N",
    "true",
    "False",
    "null",
    "NULL",
    "~",
    "22:22",
    "010",
    "1.10",
    "1e3",
    "0x1f",
    "0b1",
    ".5",
    ".inf",
    "-.inf",
    ".nan",
    "2027-01-31",
    "012345678901",
    "123",
    "1_000",
    "-",
    "-1",
    "+1",
    "=",
    "<<",
    "*",
    "&",
    "!",
    "|",
    ">",
    "%",
    "@",
    "`",
    "{",
    "[",
    "]",
    "}",
    ",",
    "#",
    ":",
    "?",
    "---",
    "...",
    "190:20:30",
    "0o17",
    "12e03",
    "1E5",
    "0.1m",
]
AWKWARD = [
    "",
    " ",
    "a: b",
    "a #b",
    "a:",
    "a ",
    " a",
    "- a",
    "? a",
    "a\nb",
    "a\nb\n",
    "a\n\n",
    "\na",
    "a\n b\nc",
    "a \nb",
    "\n",
    'say "no"',
    "it's",
    "tab\there",
    "a\tb\nc",
    "null byte \x00",
    "\x85",
    "\u2028",
    "é",
    "日本",
    "😀",
    "\ufeff",
    "a\r\nb",
    "key: |\n  x",
    "#",
    '#!/bin/sh\nexec "$@"\n',
    "a\n# b\n",
    "%d\n---\n",
    "$(NAME)",
    "*",
    "&a",
    "!b",
    "@c",
    "\\",
    "a\\n",
    "arn:aws:iam::111111111111:role/x",
    "http://orders.shop.svc.cluster.local.:8080",
    "10.0.0.0/16",
    "250m",
    "64Mi",
    "25%",
    "1:30",
    "12:30:45",
    "0 8 * * MON-FRI",
    "a\n\n\nb\n\n\n",
    "a\n  \nb",
]


def read(text: str) -> list[object]:
    return list(yaml.safe_load_all(text))


@pytest.mark.parametrize("text", READ_AS_SOMETHING_ELSE + AWKWARD)
def test_a_text_stays_a_text(text: str) -> None:
    document = {"a": text, "b": [text, {"c": text}, [text]], "d": {"e": text}}
    assert read(yaml_text([document])) == [document]


def test_a_text_that_yaml_reads_as_something_else_would_not_survive_without_quotes() -> None:
    changed = [text for text in READ_AS_SOMETHING_ELSE if text[0].isalnum() and yaml.safe_load(text) != text]
    assert {"yes", "22:22", "010", "1.10", "2027-01-31"} <= set(changed)


VALUES = st.recursive(
    st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.text()
    | st.text("abc:#-? \n\t'\"01.,[]{}&*!|>%@`=~")
    | st.sampled_from(READ_AS_SOMETHING_ELSE),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(min_size=1) | st.text("ab:- ", min_size=1), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=600)
@given(st.dictionaries(st.text("abcdef.-/: ", min_size=1), VALUES, min_size=1, max_size=5))
def test_everything_comes_back_as_it_was(document: dict[str, object]) -> None:
    assert read(yaml_text([document])) == [document]


def test_order_is_kept_and_documents_are_apart() -> None:
    documents = [{"z": 1, "a": 2}, {"b": {}, "c": [], "d": [[1, [2]], {"e": [3]}]}]
    text = yaml_text(documents)
    assert json.dumps(read(text)) == json.dumps(documents)
    assert text.count("---\n") == 1


def test_it_looks_as_people_write_it() -> None:
    text = yaml_text(
        [
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"name": "web", "labels": {"app.kubernetes.io/name": "web"}},
                "spec": {
                    "ports": [{"name": "http", "port": 80}],
                    "on": "yes",
                    "cpu": "250m",
                    "script": "set -e\nrun\n",
                },
            }
        ]
    )
    assert text == (
        "apiVersion: v1\n"
        "kind: Service\n"
        "metadata:\n"
        "  name: web\n"
        "  labels:\n"
        "    app.kubernetes.io/name: web\n"
        "spec:\n"
        "  ports:\n"
        "  - name: http\n"
        "    port: 80\n"
        '  "on": "yes"\n'
        "  cpu: 250m\n"
        "  script: |\n"
        "    set -e\n"
        "    run\n"
    )
