"""Texts of the files that are the same in every app, but for names."""

APP = '''\
"""The application {application}: a stack for each environment, and one for each workload in it."""

import aws_cdk as cdk
from constructs import Construct

{imports}

# Say account and region of each, such as cdk.Environment(account="111111111111", region="eu-west-1"),
# or leave it to the credentials with which you deploy.
ENVIRONMENTS = {{{environments}}}


def add_stacks(app: cdk.App) -> None:
    """Add the stacks of all environments."""
    # Names of scaling policies begin with this one.
    scope = Construct(app, "{application}")
    for name, env in ENVIRONMENTS.items():
{body}


if __name__ == "__main__":
    app = cdk.App()
    add_stacks(app)
    app.synth()
'''

COMMON = '''\
"""What several stacks need."""

from pathlib import Path

from cdk_containers import Disabled

APP = Path(__file__).resolve().parents[1]

ROOT = (APP / "{root}").resolve()
"""Where sources, Dockerfiles and files of the workloads are."""

TEMPLATES = APP / "templates"
"""CloudFormation that was an addon."""

REASON = "{reason}"
"""Why a default of cdk-containers is switched off: to change nothing of what runs."""

AS_BEFORE = Disabled(REASON)
"""Stands for such a default. Take them out one by one."""
'''

FILLED = '''

def filled(template: Path, values: dict[str, str]) -> str:
    """Return a copy of a template with values in the place of marks: where its code has been put."""
    text = template.read_text()
    for mark, value in values.items():
        text = text.replace(mark, value)
    copy = APP / "cdk.out" / "templates" / template.name
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(text)
    return str(copy)
'''

CDK_JSON = '{\n  "app": "python app.py",\n  "watch": {"include": ["**"], "exclude": ["cdk.out", ".venv"]}\n}\n'

PYPROJECT = """\
[project]
name = "{project}-stacks"
version = "1.0.0"
requires-python = ">=3.11"
dependencies = ["cdk-containers[copilot]>={version}"]

[dependency-groups]
dev = ["pytest", "ruff"]

[tool.ruff]
line-length = 100
"""

TEST = '''\
"""Templates change only on request: `UPDATE_GOLDEN=1 pytest` writes them anew."""

import json
import os
import re
from pathlib import Path

import aws_cdk as cdk
import pytest

from app import add_stacks

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def templates() -> dict[str, object]:
    app = cdk.App()
    add_stacks(app)
    assembly = app.synth()
    return {{stack.stack_name: stack.template for stack in assembly.stacks}}


def stable(template: object) -> object:
    """Leave out the hashes of assets, which change with your sources."""
    return json.loads(re.sub("[0-9a-f]{{64}}", "0" * 64, json.dumps(template)))


def test_templates(templates: dict[str, object]) -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        for name, template in templates.items():
            (GOLDEN / f"{{name}}.json").write_text(json.dumps(stable(template), indent=1) + "\\n")
    golden = {{file.stem: json.loads(file.read_text()) for file in GOLDEN.glob("*.json")}}
    assert sorted(templates) == sorted(golden)
    changed = [name for name in golden if stable(templates[name]) != golden[name]]
    assert not changed, "run UPDATE_GOLDEN=1 pytest, and look at git diff"
'''

README = """\
# {application}

A CDK app in Python, written once from the manifests of AWS Copilot by `cdk-containers copilot convert`. It is yours:
nothing here needs Copilot or a manifest any more, and nothing writes these files again.

```sh
python -m venv .venv && . .venv/bin/activate
pip install "cdk-containers[copilot]" pytest
pytest                    # UPDATE_GOLDEN=1 pytest after a change: then read git diff
npx aws-cdk diff '{application}/{application}-{environment}*'
npx aws-cdk deploy '{application}/{application}-{environment}*'
```

| Module | What it makes |
|---|---|
{modules}

Sources and Dockerfiles stay where they are (`{root}`, in `stacks/common.py`). `templates/` has what were addons.

## Before you deploy over what runs

The stacks have the names and the logical ids of Copilot's, so they update what runs. `cdk-containers copilot check`
says of each resource what happens to it, and in which order you go on.

## What you should know

{notes}

## What to change first

- `AS_BEFORE` stands where a default of cdk-containers is switched off because Copilot did not have it. Take one out,
  look at `cdk diff`, deploy.
- `override_logical_id` keeps resources that exist. Leave these lines as long as the stacks exist.
- `add_property_override` says what no option says. Most of them take back a default, and can go.
"""
