"""An account for the Copilot CLI to ask: one application, deployed, on this machine alone.

The CLI talks to AWS by HTTPS only, but it goes through a proxy and trusts an authority that it is told of. The proxy
here answers every connection itself, with a certificate that it makes, and passes nothing on.
"""

from __future__ import annotations

import datetime as dt
import json
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ACCOUNT, REGION, VERSION = "123456789012", "us-west-2", "v1.34.1"
_FEATURES = ("ALBWorkloads", "InternalALBWorkloads", "EFSWorkloads", "NATWorkloads", "AppRunnerPrivateWorkloads")


class Account:
    """What is deployed.

    Attributes:
        application: Name of the application.
        environment: Name of its environment.
        workload: Name and type of its workload.
        domain: Its domain, if there is one.
        certificates: Domains of the certificates that the environment imports.
        topics: Names of the topics there are, each after that of its workload.
    """

    def __init__(
        self,
        application: str,
        environment: str,
        workload: tuple[str, str],
        *,
        domain: str = "",
        certificates: Sequence[str] = (),
        topics: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.application, self.environment, self.workload = application, environment, workload
        self.domain, self.certificates, self.topics = domain, list(certificates), list(topics)

    def parameter(self, name: str) -> dict[str, Any] | None:
        """Return what Copilot has written down of application, environment and workload."""
        app, root = self.application, f"/copilot/applications/{self.application}"
        zone = "Z00000000000000000000" if self.domain else ""
        role = f"arn:aws:iam::{ACCOUNT}:role/{app}-{self.environment}"
        return {
            root: {
                "name": app,
                "account": ACCOUNT,
                "domain": self.domain,
                "domainHostedZoneID": zone,
                "version": "1.0",
            },
            f"{root}/environments/{self.environment}": {
                "app": app,
                "name": self.environment,
                "region": REGION,
                "accountID": ACCOUNT,
                "managerRoleARN": f"{role}-EnvManagerRole",
                "executionRoleARN": f"{role}-CFNExecutionRole",
            },
            f"{root}/components/{self.workload[0]}": {"app": app, "name": self.workload[0], "type": self.workload[1]},
        }.get(name)

    def answer_json(self, action: str, asked: dict[str, Any]) -> dict[str, Any] | None:
        """Answer a call whose parameters are JSON."""
        match action:
            case "GetParameter":
                known = self.parameter(asked["Name"])
                return known and {"Parameter": {"Name": asked["Name"], "Value": json.dumps(known)}}
            case "GetResources":
                return {"ResourceTagMappingList": [self._topic(*topic) for topic in self.topics]}
            case "DescribeCertificate":
                name = self.certificates[int(asked["CertificateArn"][-2:])]
                return {"Certificate": {"DomainName": name, "SubjectAlternativeNames": [name]}}
            case "GetAuthorizationToken":
                endpoint = f"https://{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
                return {"authorizationData": [{"authorizationToken": "QVdTOm5v", "proxyEndpoint": endpoint}]}
        return None

    def _topic(self, workload: str, name: str) -> dict[str, Any]:
        tags = {"application": self.application, "environment": self.environment, "service": workload}
        return {
            "ResourceARN": f"arn:aws:sns:{REGION}:{ACCOUNT}:{self.application}-{self.environment}-{workload}-{name}",
            "Tags": [{"Key": f"copilot-{key}", "Value": value} for key, value in tags.items()],
        }

    def answer_query(self, asked: dict[str, str]) -> Any:  # noqa: PLR0911  (one for each call)
        """Answer a call whose parameters are those of a form, with what becomes XML; None is an error."""
        app, name = self.application, asked.get("StackName") or asked.get("StackSetName", "")
        name = name.split("/")[1] if name.startswith("arn:") else name
        match asked["Action"]:
            case "GetCallerIdentity":
                return {"Arn": f"arn:aws:iam::{ACCOUNT}:root", "UserId": "X", "Account": ACCOUNT}
            case "AssumeRole":
                keys = {"AccessKeyId": "X", "SecretAccessKey": "x", "SessionToken": "x"}
                return {"Credentials": {**keys, "Expiration": "2999-01-01T00:00:00Z"}}
            case "ListStackInstances":
                stack = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/shared/1"
                return {"Summaries": [{"StackId": stack, "Region": REGION, "Account": ACCOUNT}]}
            case "GetTemplateSummary":
                metadata = {"Version": VERSION, "TemplateVersion": VERSION, "Manifest": self._manifest()}
                return {"Metadata": json.dumps(metadata)}
            case "DescribeStacks" if name == "shared":
                repository = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{app}/{self.workload[0]}"
                outputs = {f"ECRRepo{self.workload[0].replace('-', 'DASH')}": repository}
                outputs |= {"PipelineBucket": "artifacts", "KMSKeyARN": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"}
                return _stack(name, {**outputs, "TemplateVersion": VERSION}, {})
            case "DescribeStacks" if name == f"{app}-{self.environment}":
                role = f"arn:aws:iam::{ACCOUNT}:role/{name}-EnvManagerRole"
                outputs = {"EnvironmentManagerRoleARN": role, "EnabledFeatures": ",".join(_FEATURES), "VpcId": "vpc-1"}
                endpoint = f"{self.environment}.{app}.local"
                parameters = {**dict.fromkeys(_FEATURES, ""), "Aliases": "", "ServiceDiscoveryEndpoint": endpoint}
                return _stack(name, outputs, {**parameters, "AppName": app, "EnvironmentName": self.environment})
        return None

    def _manifest(self) -> str:
        arns = [f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/{place:02}" for place in range(len(self.certificates))]
        http = {"http": {kind: {"certificates": arns} for kind in ("public", "private")}} if arns else {}
        return json.dumps({"name": self.environment, "type": "Environment", **http})


def _stack(name: str, outputs: dict[str, str], parameters: dict[str, str]) -> dict[str, Any]:
    def listed(kind: str, values: dict[str, str]) -> list[dict[str, str]]:
        return [{f"{kind}Key": key, f"{kind}Value": value} for key, value in values.items()]

    state = {"StackName": name, "StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/1"}
    state |= {"StackStatus": "CREATE_COMPLETE", "CreationTime": "2024-01-01T00:00:00Z"}
    return {"Stacks": [{**state, "Outputs": listed("Output", outputs), "Parameters": listed("Parameter", parameters)}]}


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{key}>{_xml(one)}</{key}>" for key, one in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{_xml(one)}</member>" for one in value)
    return escape(str(value))


class _Answers(BaseHTTPRequestHandler):
    """One connection: the proxy's, and the server's inside it."""

    account: ClassVar[Account]
    tls: ClassVar[ssl.SSLContext]
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Be silent."""

    def do_CONNECT(self) -> None:
        """Be the server that the CLI wants to reach."""
        self.send_response(200)
        self.end_headers()
        with suppress(OSError):
            self.connection = self.tls.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
            self.close_connection = False

    def do_POST(self) -> None:
        """Answer a call."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        target = self.headers.get("X-Amz-Target")
        if target is not None:
            told = self.account.answer_json(target.rpartition(".")[2], json.loads(body))
            return self._say(200 if told else 400, json.dumps(told or {"__type": "ParameterNotFound"}))
        asked = dict(parse_qsl(body))
        answer = self.account.answer_query(asked)
        if answer is None:
            wrong = {"Error": {"Code": "ValidationError", "Message": f"{asked} does not exist"}}
            return self._say(400, f"<ErrorResponse>{_xml(wrong)}</ErrorResponse>")
        action = asked["Action"]
        return self._say(200, f"<{action}Response><{action}Result>{_xml(answer)}</{action}Result></{action}Response>")

    def do_PUT(self) -> None:
        """Take a file, and forget it."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._say(200, "")

    def do_GET(self) -> None:
        """Say that nothing is there."""
        self._say(404, "")

    do_HEAD = do_GET  # noqa: N815  (the server's name for it)

    def _say(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())


@contextmanager
def reached(account: Account, folder: Path) -> Iterator[dict[str, str]]:
    """Let processes reach an account; yield the environment variables that they need."""
    authority, context = _certificates(folder)
    handler = type("Handler", (_Answers,), {"account": account, "tls": context})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    proxy = f"http://127.0.0.1:{server.server_port}"
    try:
        yield {
            "HTTPS_PROXY": proxy,
            "HTTP_PROXY": proxy,
            "NO_PROXY": "",
            "AWS_CA_BUNDLE": str(authority),
            "AWS_ACCESS_KEY_ID": "X",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _certificates(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Make an authority, and a certificate for every host that the CLI asks."""
    hosts = ["*.amazonaws.com", "sts.amazonaws.com"]
    hosts += [f"*.{part}.amazonaws.com" for part in (REGION, "us-east-1", f"s3.{REGION}", f"ecr.{REGION}")]
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("authority", "server")]
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in names]
    now = dt.datetime.now(dt.UTC)
    files = []
    for place, (name, key) in enumerate(zip(names, keys, strict=True)):
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(names[0])
            .public_key(key.public_key())
            .serial_number(place + 1)
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=place == 0, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
            .sign(keys[0], hashes.SHA256())
        )
        file = folder / f"{place}.pem"
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + (secret if place else b""))
        files.append(file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files[1])
    return files[0], context
