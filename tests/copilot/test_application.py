"""A workspace becomes stacks, with what lies beside its manifests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_containers.copilot.building import Compatibility, CopilotApplication
from cdk_containers.copilot.building.addons import variable_name
from cdk_containers.copilot.building.schedules import schedule_of
from cdk_containers.copilot.manifests import ManifestError

_API = """\
name: api
type: Load Balanced Web Service
image: {build: api/Dockerfile, port: 8080}
http: {path: /, alias: api.example.com}
env_file: api/plain.env
secrets: {KEY: /api/key}
sidecars: {proxy: {image: "public.ecr.aws/nginx/nginx:1.29.1"}}
environments: {prod: {count: 2}}
"""
_WORKER = """\
name: worker
type: Worker Service
image: {location: "public.ecr.aws/shop/worker:1"}
subscribe: {topics: [{name: orders, service: orders}]}
"""
_ORDERS = """\
name: orders
type: Backend Service
image: {location: "public.ecr.aws/shop/orders:1", port: 9000}
publish: {topics: [{name: orders}]}
network: {vpc: {placement: private}}
"""
_TABLE = """\
Parameters:
  App: {Type: String}
  Env: {Type: String}
  Name: {Type: String}
  Units: {Type: String}
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub "${App}-${Env}-${Name}"
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Access:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: "dynamodb:GetItem", Resource: !GetAtt Table.Arn}]
  Password: {Type: AWS::SecretsManager::Secret}
  Clients: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: Clients of the table}}
Outputs:
  TableName: {Value: !Ref Table}
  AccessPolicy: {Value: !Ref Access}
  DBPassword: {Value: !Ref Password}
  ClientGroup: {Value: !Ref Clients}
"""
_PATCHES = """\
- op: replace
  path: /Resources/LogGroup/Properties/RetentionInDays
  value: 90
- op: add
  path: /Resources/Service/Properties/LoadBalancers/-
  value: {ContainerName: proxy, ContainerPort: 81, TargetGroupArn: !Ref TargetGroup}
- op: replace
  path: /Resources/TaskDefinition/Properties/ContainerDefinitions/0/Image
  value: public.ecr.aws/shop/api:patched
- op: add
  path: /Resources/Extra
  value: {Type: AWS::SNS::Topic}
- op: remove
  path: /Resources/EnvControllerAction
- op: add
  path: /Resources/DynamicDesiredCountFunction/Properties/Runtime
  value: nodejs22.x
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    files = {
        "copilot/.workspace": "application: shop\n",
        "copilot/api/manifest.yml": _API,
        "copilot/api/addons/table.yml": _TABLE,
        "copilot/api/addons/addons.parameters.yml": "Parameters:\n  Units: !Ref TaskCPU\n",
        "copilot/api/overrides/cfn.patches.yml": _PATCHES,
        "copilot/worker/manifest.yml": _WORKER,
        "copilot/worker/overrides/stack.ts": "// of the CDK\n",
        "copilot/orders/manifest.yml": _ORDERS,
        "copilot/environments/test/manifest.yml": "name: test\ntype: Environment\n",
        "copilot/environments/prod/manifest.yml": (
            "name: prod\ntype: Environment\nobservability: {container_insights: true}\n"
            "network: {vpc: {flow_logs: true, security_group: "
            "{ingress: [{ip_protocol: tcp, cidr: 10.1.0.0/16, ports: 80-90}]}}}\n"
        ),
        "copilot/environments/addons/bucket.yml": (
            "Parameters: {App: {Type: String}, Env: {Type: String}}\nResources: {Bucket: {Type: AWS::S3::Bucket}}\n"
        ),
        "api/Dockerfile": "FROM scratch\n",
        "api/plain.env": "A=1\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def _made(workspace: Path, **options: Any) -> tuple[CopilotApplication, dict[str, dict[str, Any]]]:
    app = cdk.App()
    made = CopilotApplication.from_workspace(app, "Shop", workspace, domain="example.com", variables={}, **options)
    return made, {stack.stack_name: stack.template for stack in app.synth().stacks}


def _one(template: dict[str, Any], kind: str) -> dict[str, Any]:
    found = [one for one in template["Resources"].values() if one["Type"] == kind]
    assert len(found) == 1, [one["Type"] for one in template["Resources"].values()]
    properties: dict[str, Any] = found[0]["Properties"]
    return properties


def test_stacks_have_the_names_that_copilot_gives_them(workspace: Path) -> None:
    _, stacks = _made(workspace)
    names = {f"shop-{env}{suffix}" for env in ("test", "prod") for suffix in ("", "-api", "-orders", "-worker")}
    assert names == stacks.keys()


def test_a_workload_finds_its_environment_by_what_that_exports(workspace: Path) -> None:
    _, stacks = _made(workspace, environments=["prod"])
    exported = {one["Export"]["Name"] for one in stacks["shop-prod"]["Outputs"].values() if "Export" in one}
    for name, template in stacks.items():
        text = json.dumps(template)
        imported = {part.split('"')[1] for part in text.split('"Fn::ImportValue": ')[1:]}
        assert imported <= exported, name
        assert imported or name == "shop-prod"


def test_an_environment_has_what_its_workloads_need(workspace: Path) -> None:
    _, stacks = _made(workspace, environments=["prod"])
    types = [one["Type"] for one in stacks["shop-prod"]["Resources"].values()]
    assert types.count("AWS::ElasticLoadBalancingV2::LoadBalancer") == 1
    assert types.count("AWS::EC2::NatGateway") == 2
    assert types.count("AWS::EC2::FlowLog") == 1
    assert "AWS::EFS::FileSystem" not in types


def test_nothing_of_copilots_own_machinery_is_made(workspace: Path) -> None:
    _, stacks = _made(workspace)
    types = {one["Type"] for template in stacks.values() for one in template["Resources"].values()}
    assert "AWS::ECS::Service" in types
    assert not {kind for kind in types if kind.startswith(("Custom::", "AWS::Lambda"))}


def test_images_and_files_of_the_workspace_are_deployed_with_it(workspace: Path) -> None:
    (workspace / "copilot/api/overrides/cfn.patches.yml").unlink()
    _, stacks = _made(workspace, environments=["prod"])
    container = _one(stacks["shop-prod-api"], "AWS::ECS::TaskDefinition")["ContainerDefinitions"][0]
    assert "container-assets" in json.dumps(container["Image"])
    assert container["EnvironmentFiles"][0]["Type"] == "s3"


def test_containers_get_what_addons_output(workspace: Path) -> None:
    _, stacks = _made(workspace, environments=["prod"])
    template = stacks["shop-prod-api"]
    own, proxy = _one(template, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    for container in (own, proxy):
        told = {one["Name"]: one["Value"] for one in container["Environment"]}
        assert told["TABLE_NAME"] == {"Fn::GetAtt": ["AddonsStack", "Outputs.TableName"]}
        assert told["CLIENT_GROUP"] == {"Fn::GetAtt": ["AddonsStack", "Outputs.ClientGroup"]}
        assert "ACCESS_POLICY" not in told
    secret = {"Name": "DB_PASSWORD", "ValueFrom": {"Fn::GetAtt": ["AddonsStack", "Outputs.DBPassword"]}}
    assert own["Secrets"][-1] == secret
    assert "Secrets" not in proxy
    assert {"Fn::GetAtt": ["AddonsStack", "Outputs.AccessPolicy"]} in template["Resources"]["TaskRole"]["Properties"][
        "ManagedPolicyArns"
    ]
    groups = template["Resources"]["Service"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"][
        "SecurityGroups"
    ]
    assert {"Fn::GetAtt": ["AddonsStack", "Outputs.ClientGroup"]} in groups
    given = template["Resources"]["AddonsStack"]["Properties"]["Parameters"]
    assert given == {"App": "shop", "Env": "prod", "Name": "api", "Units": "256"}


def test_addons_that_differ_in_one_name_are_refused(workspace: Path) -> None:
    (workspace / "copilot/api/addons/other.yml").write_text("Resources: {Table: {Type: AWS::SNS::Topic}}\n")
    with pytest.raises(ManifestError, match=r"Resources\.Table is defined differently"):
        _made(workspace, environments=["prod"])


def test_patches_are_applied_where_they_can_be_and_told_where_not(workspace: Path) -> None:
    made, stacks = _made(workspace, environments=["prod"])
    resources = stacks["shop-prod-api"]["Resources"]
    assert resources["LogGroup"]["Properties"]["RetentionInDays"] == 90
    assert resources["Service"]["Properties"]["LoadBalancers"][-1]["ContainerPort"] == 81
    assert len(resources["Service"]["Properties"]["LoadBalancers"]) == 2
    container = resources["TaskDefinition"]["Properties"]["ContainerDefinitions"][0]
    assert container["Image"] == "public.ecr.aws/shop/api:patched"
    assert container["EnvironmentFiles"]
    assert "StopTimeout" not in container
    assert resources["Extra"]["Type"] == "AWS::SNS::Topic"
    notes = "\n".join(made.workloads["prod"]["api"].notes)
    assert "patch 5, remove /Resources/EnvControllerAction" in notes
    assert "patch 6" in notes
    assert "patch 1" not in notes
    assert "CDK overrides" in "\n".join(made.workloads["prod"]["worker"].notes)


def test_a_worker_comes_after_what_it_subscribes_to(workspace: Path) -> None:
    made, _ = _made(workspace, environments=["prod"])
    worker, orders = (cdk.Stack.of(made.workloads["prod"][name]) for name in ("worker", "orders"))
    assert orders in worker.dependencies


@pytest.mark.parametrize(
    ("off", "gone"),
    [
        ("variables", "COPILOT_APPLICATION_NAME"),
        ("tags", '"Key": "copilot-application"'),
        ("logical_ids", '"TaskDefinition": {"Type"'),
        ("resource_names", "/copilot/shop-prod-api"),
        ("discovery_names", "AWS::ServiceDiscovery::Service"),
        ("deny_iam", "iam:*"),
    ],
)
def test_each_part_of_compatibility_can_be_switched_off(workspace: Path, off: str, gone: str) -> None:
    (workspace / "copilot/api/overrides/cfn.patches.yml").unlink()
    _, kept = _made(workspace, environments=["prod"])
    _, without = _made(workspace, environments=["prod"], compatibility=Compatibility(**{off: False}))
    assert gone in json.dumps(kept["shop-prod-api"]).replace('"Metadata": {"cdk', "")
    assert gone not in json.dumps(without["shop-prod-api"])


def test_records_can_be_left_out_until_those_of_copilot_are_gone(workspace: Path) -> None:
    _, kept = _made(workspace, environments=["prod"])
    _, without = _made(workspace, environments=["prod"], records=False)
    assert "AWS::Route53::RecordSet" in json.dumps(kept["shop-prod-api"])
    assert "AWS::Route53::RecordSet" not in json.dumps(without["shop-prod-api"])


def test_the_same_workspace_gives_the_same_templates(workspace: Path) -> None:
    _, first = _made(workspace)
    _, second = _made(workspace)
    assert first == second


def test_every_problem_of_a_manifest_is_told(workspace: Path) -> None:
    (workspace / "copilot/orders/manifest.yml").write_text("name: orders\ntype: Backend Service\ncoun: 3\nimge: {}\n")
    with pytest.raises(ManifestError) as caught:
        _made(workspace, environments=["prod"])
    assert "coun" in str(caught.value)
    assert "imge" in str(caught.value)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("@daily", "cron(0 0 * * ? *)"),
        ("@every 1h30m", "rate(90 minutes)"),
        ("@every 1m", "rate(1 minute)"),
        ("0 4 * * *", "cron(0 4 * * ? *)"),
        ("0 4 1 * *", "cron(0 4 1 * ? *)"),
        ("*/5 * * * 0-6", "cron(*/5 * ? * 1-7 *)"),
        ("0 0 * * SUN", "cron(0 0 ? * SUN *)"),
        ("0 0 * * 1,3", "cron(0 0 ? * 2,4 *)"),
        ("rate(5 minutes)", "rate(5 minutes)"),
    ],
)
def test_schedules_are_those_of_eventbridge(given: str, wanted: str) -> None:
    assert schedule_of(given) == wanted


@pytest.mark.parametrize(
    ("output", "variable"),
    [("TableName", "TABLE_NAME"), ("tableARN2", "TABLE_ARN2"), ("DBSecret", "DB_SECRET"), ("GroupById", "GROUP_BY_ID")],
)
def test_outputs_become_variables_as_copilot_names_them(output: str, variable: str) -> None:
    assert variable_name(output) == variable
