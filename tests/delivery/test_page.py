"""What the page about pipelines shows does what the page says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml
from docs_examples import examples, prelude, run

from tests.iam.evaluation import who_can, who_surely_can
from tests.toolkit import resources

from .test_build_specs import Machine

PAGE = Path(__file__).parents[2] / "docs/pipelines.md"
CODE_DEPLOY = next(example.code for example in examples(PAGE) if "CodeDeployBlueGreen()" in example.code)


# ---- tests before traffic


@pytest.fixture
def listener() -> Iterator[HTTPServer]:
    """A test listener; `status` is what the new version answers."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(server.status.pop(0))  # type: ignore[attr-defined]
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    asked: list[str] = []
    server = HTTPServer(("127.0.0.1", 0), Answer)
    server.asked = asked  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("answers", "said"), [([200], "SUCCEEDED"), ([503, 200], "SUCCEEDED"), ([503, 500, 404], "FAILED")]
)
def test_the_function_tests_the_new_version(listener: Any, answers: list[int], said: str):
    listener.status = list(answers)
    names: dict[str, Any] = {}
    exec(PAGE.read_text().split('TEST = """\n')[1].split('"""')[0], names)  # noqa: S102
    details = {"url": f"http://127.0.0.1:{listener.server_port}/healthz", "attempts": 3, "pause": 0}
    assert names["handler"]({"hookDetails": details}, None) == {"hookStatus": said}
    assert listener.asked == ["/healthz"] * len(answers)


# ---- CodeDeploy


@pytest.fixture(scope="module")
def delivered() -> dict[str, Any]:
    """The example of the page: its names, and the templates of the tools and of production."""
    names = run(prelude() + CODE_DEPLOY, str(PAGE))
    folder = Path(names["app"].synth().directory)
    names["tools_template"] = json.loads((folder / "Tools.template.json").read_text())
    [production] = (folder / "assembly-Tools-Pipeline-prod").glob("*.template.json")
    names["production"] = json.loads(production.read_text())
    return names


def test_the_step_asks_for_what_the_stack_says(delivered: dict[str, Any], tmp_path: Path):
    machine = Machine(tmp_path)
    # The deployment begins, goes on, and ends when it was asked for twice.
    machine.answers["aws"] = """case "$*" in
        *describe-stacks*) echo '{"applicationName": "web"}' ;;
        *create-deployment*) echo d-1 ;;
        *get-deployment*) if [ -e asked ]; then echo "$END"; else touch asked; echo InProgress; fi ;;
    esac"""
    spec = {"phases": {"build": {"commands": ["sleep() { :; }", *delivered["DEPLOY"]]}}}
    for end, code in {"Succeeded": 0, "Failed": 1, "Stopped": 1}.items():
        (tmp_path / "source/asked").unlink(missing_ok=True)
        ran = machine.run(spec, {"ROLE": "arn:role", "STACK": "prod-Shop", "END": end, "HOME": str(tmp_path)})
        assert ran.code == code, ran.error
        assert (ran.folder / "deployment.json").read_text() == '{"applicationName": "web"}\n'
        asked = [call for call in ran.calls if " deploy " in call]
        assert [call.split()[2] for call in asked] == ["create-deployment", "get-deployment", "get-deployment"]
        assert "--stack-name prod-Shop" in "\n".join(ran.calls)


def test_the_stack_says_which_task_definition_goes_behind_which_port(delivered: dict[str, Any]):
    template = delivered["production"]
    [output] = [it["Value"] for it in template["Outputs"].values() if "AppSpecContent" in str(it)]
    said = json.loads("".join(part if isinstance(part, str) else part["Ref"] for part in output["Fn::Join"][1]))
    assert template["Resources"][said["deploymentGroupName"]]["Type"] == "AWS::CodeDeploy::DeploymentGroup"
    assert template["Resources"][said["applicationName"]]["Type"] == "AWS::CodeDeploy::Application"
    spec = yaml.safe_load(said["revision"]["appSpecContent"]["content"])
    assert spec["version"] == 0.0
    [service] = [it["Web"]["Properties"] for it in spec["Resources"]]
    definition = template["Resources"][service["TaskDefinition"]]["Properties"]
    [container] = definition["ContainerDefinitions"]
    assert service["LoadBalancerInfo"] == {
        "ContainerName": container["Name"],
        "ContainerPort": container["PortMappings"][0]["ContainerPort"],
    }


def test_only_the_step_takes_the_role_and_only_the_role_deploys(delivered: dict[str, Any]):
    template, tools = delivered["production"], delivered["tools_template"]
    [group] = resources(template, "AWS::CodeDeploy::DeploymentGroup")
    [role] = [name for name in resources(template, "AWS::IAM::Role") if name.startswith("CodeDeployRole")]
    [step] = [name for name in resources(tools, "AWS::IAM::Role") if name.startswith("CodeDeployStep")]
    application = template["Resources"][group]["Properties"]["ApplicationName"]["Ref"]
    arn = f"arn:<Partition>:codedeploy:eu-west-1:222222222222:deploymentgroup:<{application}>/<{group}>"
    for action in ("codedeploy:CreateDeployment", "codedeploy:GetDeployment"):
        assert who_surely_can(template, action, arn) == who_can(template, action, arn) == {role}
    deploying = "arn:aws:iam::222222222222:role/shop-code-deploy"
    assert who_surely_can(tools, "sts:AssumeRole", deploying) == who_can(tools, "sts:AssumeRole", deploying) == {step}
    [statement] = template["Resources"][role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    name = tools["Resources"][step]["Properties"]["RoleName"]
    assert statement["Condition"]["ArnEquals"]["aws:PrincipalArn"] == f"arn:aws:iam::999999999999:role/{name}"
