"""The files of the app other than its stack."""

from __future__ import annotations

import json
from collections.abc import Sequence

from .names import construct_id, container_name, variable
from .notices import Notice
from .plan import Plan

_APP = '''\
"""The app: `cdk deploy`, or `cdk deploy -c environment=development` for an environment that is thrown away."""

import aws_cdk as cdk
from cdk_containers import Environment

from stacks.{module} import {stack}

app = cdk.App()
development = app.node.try_get_context("environment") == "development"
environment = Environment.development() if development else Environment()
{stack}(
    app,
    f"{id}-{{environment.name}}",
    environment=environment,{certificate}
)
app.synth()
'''
_CERTIFICATE = '\n    certificate_arn=app.node.try_get_context("certificate"),'

_TEST = '''\
"""The template is the golden one; `python tests/test_template.py` writes that anew, for you to read the difference."""

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import aws_cdk as cdk
from aws_cdk.assertions import Template
from cdk_containers import Environment

from stacks.{module} import {stack}

GOLDEN = Path(__file__).with_name("golden.json")


def template() -> str:
    stack = {stack}(cdk.App(), "{id}", environment=Environment())
    text = json.dumps(Template.from_stack(stack).to_json(), indent=2, sort_keys=True)
    return re.sub(r"\\b[0-9a-f]{{64}}\\b", "<content>", text) + "\\n"


def test_the_template_is_the_golden_one() -> None:
    assert template() == GOLDEN.read_text(encoding="utf-8")


if __name__ == "__main__":
    GOLDEN.write_text(template(), encoding="utf-8")
'''

_PYPROJECT = """\
[tool.ruff]
line-length = 120

[tool.ruff.lint.per-file-ignores]
"tests/*" = ["E402"]
"""

_README = """\
# {name}

The services of `{file}` on AWS, as a CDK app. It was made once, by `cdk-containers compose convert`; it is yours to
change, and the compose file is not read any more.

```
python -m venv .venv && . .venv/bin/activate
pip install -r requirements.txt
cdk bootstrap                                  # once in an account and region
cdk deploy{certificate}
```

`-c environment=development` is the same at a fraction of the price, and keeps nothing when its stack is deleted.
`pytest` compares the template with `tests/golden.json`.
"""
_SECRETS = """
## Before the first deployment

Write the secrets to Secrets Manager; tasks do not start without them. In development the names begin
with `development`.

```
{commands}
```

| secret | used by |
|---|---|
{rows}
"""
_DIFFERENT = """
## What is different

{lines}
"""


def app_files(plan: Plan, notices: Sequence[Notice], *, file: str) -> dict[str, str]:
    """Return the files of an app by path, without the stack.

    Args:
        plan: Plan of the app.
        notices: Differences from Compose.
        file: Name of the compose file.
    """
    name = container_name(plan.name)
    certified = any(unit.exposed.web is not None for unit in plan.units.values())
    words = {"module": module_name(plan), "stack": f"{construct_id(plan.name)}Stack", "id": construct_id(plan.name)}
    readme = _README.format(name=name, file=file, certificate=" -c certificate=ARN" if certified else "")
    if plan.secrets:
        commands = [
            f"aws secretsmanager create-secret --name production/{name}/{key} --secret-string 'VALUE'"
            for key in plan.secrets
        ]
        rows = [f"| `{key}` | {', '.join(f'`{user}`' for user in users)} |" for key, users in plan.secrets.items()]
        readme += _SECRETS.format(commands="\n".join(commands), rows="\n".join(rows))
    if notices:
        readme += _DIFFERENT.format(lines="\n".join(f"- {notice.line}" for notice in notices))
    return {
        "app.py": _APP.format(**words, certificate=_CERTIFICATE if certified else ""),
        "cdk.json": json.dumps({"app": "python app.py"}, indent=2) + "\n",
        "pyproject.toml": _PYPROJECT,
        "requirements.txt": "cdk-containers\npytest\n",
        ".gitignore": ".venv/\n__pycache__/\ncdk.out/\n",
        "README.md": readme,
        "stacks/__init__.py": '"""The stacks of the app."""\n',
        "tests/test_template.py": _TEST.format(**words),
    }


def module_name(plan: Plan) -> str:
    """Return the name of the stack's module."""
    return f"{variable(plan.name)}_stack"
