"""What a compose file says, in the source of the stack."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from cdk_containers.compose.converting import Choices
from cdk_containers.compose.converting.amounts import cpu_units, mebibytes, task_size
from cdk_containers.compose.converting.mentions import mentions, replaced
from cdk_containers.compose.converting.short_forms import MountedPath, PublishedPort, mounted_path, published_port
from cdk_containers.compose.converting.source import Raw, call, quoted, written
from tests.compose.inline import converted, source

WEB = "services: {web: {image: 'a:1', %s}}"

OPTIONS = {
    "command: a 'b c'": 'command=["a", "b c"]',
    "entrypoint: [a, b]": 'entry_point=["a", "b"]',
    "working_dir: /w": 'working_directory="/w"',
    "user: '1000:1000'": 'user="1000:1000"',
    "user: root": "user=ROOT_USER",
    "image: 'lscr.io/linuxserver/x:1'": "init_process=OWN_INIT",
    "image: a": 'image=Image.from_registry("a", pinned=UNPINNED)',
    "environment: {A: 'b'}": 'environment={"A": "b"}',
    "environment: {API_KEY: '$KEY'}": 'secrets={"API_KEY": secret("key")}',
    "environment: {API_KEY: abc}": 'secrets={"API_KEY": secret("api-key")}',
    "tmpfs: '/run:size=10m'": 'tmpfs=[Tmpfs(path="/run", size_mib=10)]',
    "stop_grace_period: 1m": "stop_timeout=cdk.Duration.seconds(60)",
    "ulimits: {nofile: 10}": 'ulimits=[Ulimit(name="nofile", soft=10, hard=10)]',
    "cap_drop: [ALL]": 'linux=LinuxOptions(drop_capabilities=["ALL"])',
    "sysctls: {net.core.somaxconn: 1024}": 'system_controls={"net.core.somaxconn": "1024"}',
    "scale: 3": "desired_count=3",
    "deploy: {replicas: 4}": "desired_count=4",
    "deploy: {update_config: {order: stop-first}}": "deployment=ONE_AT_A_TIME",
    "deploy: {resources: {limits: {cpus: '1.5', memory: 3g}}}": "cpu=2048,\n            memory_limit_mib=4096",
    "mem_limit: 300m": "cpu=256,\n            memory_limit_mib=512",
    "platform: linux/arm64": 'task=TaskOptions(architecture="ARM64")',
    "ports: ['8080:80']": "exposure=AlbExposure(port=80, ",
    "ports: ['443:8443']": 'target_protocol="HTTPS"',
    "ports: ['2222:22']": "exposure=NlbExposure(port=22, listener_port=2222)",
    "ports: ['53:53/udp', '53:53']": 'exposure=NlbExposure(port=53, protocol="TCP_UDP")',
    "ports: ['514:514/udp'], expose: [80]": 'exposure=NlbExposure(port=514, protocol="UDP", health_check_port=80)',
    "expose: [9000]": 'ports=[Port(number=9000, name="web")]',
    "healthcheck: {test: x}": 'health_check=HealthCheck(\n                    command="x",',
    "healthcheck: {test: [CMD, x, y]}": 'command=["x", "y"],',
    "ports: [80], healthcheck: {test: 'curl localhost/up'}": "port=80, health",
    "ports: [80], healthcheck: {test: 'curl http://localhost/up?x=1'}": 'health_check_path="/up"',
    "volumes: ['/v'], read_only: true": 'SharedVolume(name="v")',
    "restart: 'no'": "app.add(\n            EventJob,",
    "restart: on-failure:3": "app.add(\n            EventJob,",
    "restart: always": "app.add(\n            BackendService,",
}


@pytest.mark.parametrize("given", OPTIONS)
def test_what_a_service_says_becomes_an_option(tmp_path: Path, given: str):
    made = source(tmp_path, (WEB.replace("image: 'a:1', ", "") if "image" in given else WEB) % given)
    assert OPTIONS[given] in made
    plain = source(tmp_path, WEB % "init: true")
    assert OPTIONS[given] not in plain or given == "restart: always"


def test_the_source_is_python_and_names_only_what_it_imports(tmp_path: Path):
    tree = ast.parse(source(tmp_path, WEB % "ports: [80], environment: {PASSWORD: x}"))
    imported = {
        alias.asname or alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom | ast.Import)
        for alias in node.names
    }  # fmt: skip
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    annotations = {"annotations"}
    assert imported - used == annotations
    assert {"AlbExposure", "secretsmanager"} <= imported


# ---- who calls whom


def test_a_call_tells_the_address_in_the_setting_that_had_it(tmp_path: Path):
    made = source(
        tmp_path,
        """\
        services:
          web: {image: "a:1", environment: {API_URL: "http://api:8000", OTHER: "x"}}
          api: {image: "b:1", environment: {QUEUE: "nats://queue:4222/orders"}}
          queue: {image: "nats:2"}
        """,
        choices=Choices(databases={"queue": "container"}),
    )
    assert 'web.connect_to(api, variable="API_URL")' in made
    assert 'api.connect_to(queue, variable="QUEUE", url="nats://queue:4222/orders")' in made
    assert 'environment={"OTHER": "x"}' in made
    assert 'ports=[Port(number=8000, name="api")]' in made


def test_a_setting_with_a_name_of_its_own_kind_stays(tmp_path: Path):
    made = source(tmp_path, "services: {a: {image: 'a:1', environment: {x.host: 'b:80'}}, b: {image: 'b:1'}}")
    assert 'environment={"x.host": "b:80"}' in made
    assert 'a.connect_to(b, variable="B_ENDPOINT")' in made


def test_a_dependency_without_a_port_is_an_order_alone(tmp_path: Path):
    made = source(tmp_path, "services: {a: {image: 'a:1', depends_on: [b]}, b: {image: 'b:1'}}")
    assert "a.node.add_dependency(b)" in made


def test_a_call_in_both_directions_is_open_and_waits_in_one(tmp_path: Path):
    text = """\
    services:
      a: {image: "a:1", expose: [80], depends_on: [b], environment: {B_URL: "http://b:81"}}
      b: {image: "b:1", expose: [81], environment: {A_URL: "http://a:80"}}
    """
    made = converted(tmp_path, text)
    stack = next(text for name, text in made.files.items() if name.endswith("_stack.py"))
    assert 'a.connect_to(b, variable="B_URL")' in stack
    assert 'a.connections.allow_from(b, ec2.Port.tcp(80), "b to a")' in stack
    assert '"A_URL": "http://a:80"' in stack
    assert "b: it calls a, which also calls it: it does not wait for a to start" in [it.line for it in made.notices]


def test_what_runs_before_others_is_in_their_tasks(tmp_path: Path):
    made = source(
        tmp_path,
        """\
        services:
          web: {image: "a:1", depends_on: {migrate: {condition: service_completed_successfully}}}
          migrate: {image: "a:1", command: migrate, environment: {DB_HOST: "db:5432", TOKEN: x}}
          db: {image: "postgres:17", environment: {POSTGRES_PASSWORD: x}}
        """,
        choices=Choices(databases={"db": "container"}),
    )
    assert 'depends_on={"migrate": "SUCCESS"}' in made
    assert 'name="migrate",\n                    essential=False' in made
    assert "web.connect_to(db" in made
    assert '"DB_HOST": "db:5432"' in made
    assert "migrate = app.add" not in made


def test_a_service_in_the_network_of_another_is_a_sidecar(tmp_path: Path):
    made = source(
        tmp_path, "services: {web: {image: 'a:1'}, log: {image: 'b:1', network_mode: 'service:web', expose: [9]}}"
    )
    assert 'Container(image="b:1", name="log", ports=[9]' in made.partition("sidecars=")[2]
    assert made.count("app.add(") == 1


def test_a_managed_database_is_named_in_its_place(tmp_path: Path):
    made = converted(
        tmp_path,
        """\
        services:
          web:
            image: a:1
            depends_on: [db]
            environment: {DB_HOST: db, PG: "postgres://db:5432/db", NAME: db, DATABASE_URL: "postgres://u:p@db/x"}
          db: {image: "postgres:17", shm_size: 1g}
        """,
        choices=Choices(databases={"db": "x.rds.amazonaws.com"}),
    )
    stack = next(text for name, text in made.files.items() if name.endswith("_stack.py"))
    assert '"DB_HOST": "x.rds.amazonaws.com"' in stack
    assert '"PG": "postgres://x.rds.amazonaws.com:5432/db"' in stack
    assert '"NAME": "db"' in stack
    assert "web: write x.rds.amazonaws.com into the secret of DATABASE_URL, instead of db" in [
        it.line for it in made.notices
    ]


def test_a_service_has_the_name_that_others_call(tmp_path: Path):
    text = """\
    services:
      web: {image: "a:1", environment: {DB_HOST: pg.internal}}
      db: {image: "postgres:17", hostname: pg.internal, container_name: x}
    """
    made = source(tmp_path, text, choices=Choices(databases={"db": "container"}))
    assert 'ServedPort(name="pg-internal", dns_name="pg.internal")' in made


# ---- secrets


def test_secrets_with_one_value_are_one_secret_and_no_value_is_written(tmp_path: Path):
    made = converted(
        tmp_path,
        """\
        services:
          a: {image: "a:1", environment: {DB_PASSWORD: hunter2}}
          b: {image: "a:1", environment: {PASSWORD: hunter2, API_TOKEN: other3}}
          c: {image: "a:1", environment: {API_TOKEN: third4}}
        """,
    )
    stack = next(text for name, text in made.files.items() if name.endswith("_stack.py"))
    assert 'db_password_secret = secret("db-password")' in stack
    assert stack.count("db_password_secret,") + stack.count("db_password_secret}") == 2
    assert 'secret("c-api-token")' in stack
    assert not any(value in text for value in ("hunter2", "other3", "third4") for text in made.files.values())
    assert "--name production/" in made.files["README.md"]


def test_the_name_of_a_secret_says_nothing_of_its_value(tmp_path: Path):
    made = source(
        tmp_path, "services: {a: {image: 'a:1', environment: {X__PASSWORD: '${WHO}hunter2', B_TOKEN: '$C_TOKEN'}}}"
    )
    assert "hunter2" not in made
    assert 'secrets={"X__PASSWORD": secret("x-password")' in made


def test_a_secret_that_is_read_from_a_file_becomes_a_variable(tmp_path: Path):
    made = source(
        tmp_path,
        """\
        services:
          db: {image: "a:1", secrets: [pw], environment: {POSTGRES_PASSWORD_FILE: /run/secrets/pw}}
        secrets: {pw: {file: pw.txt}}
        """,
    )
    assert 'secrets={"POSTGRES_PASSWORD": secret("pw")}' in made
    assert "_FILE" not in made


# ---- volumes


@pytest.mark.parametrize(
    ("given", "user", "said"),
    [
        ("image: 'a:1'", "OWN_FILES", True),
        ("image: 'a:1', user: node", "OWN_FILES", True),
        ("image: 'a:1', user: '1001'", '"1001"', False),
        ("image: 'grafana/grafana:12.0.1'", '"472:0"', False),
        ("image: 'grafana/grafana:12.0.1', user: root", "OWN_FILES", True),
    ],
)
def test_files_on_efs_belong_to_the_user_of_the_container(tmp_path: Path, given: str, user: str, said: bool):  # noqa: FBT001
    made = converted(tmp_path, f"services: {{web: {{{given}, volumes: ['v1:/d']}}}}\nvolumes: {{v1: }}")
    stack = next(text for name, text in made.files.items() if name.endswith("_stack.py"))
    assert f'EfsVolume(name="v1", file_system=files, user={user})' in stack
    assert any("directories on EFS belong to root" in it.line for it in made.notices) == said


VOLUMES = {
    "efs": ('EfsVolume(name="d", file_system=files, user=OWN_FILES)', "the volume d is on EFS, and empty"),
    "empty": ('SharedVolume(name="d")', "web: the volume d is an empty directory in each task, deleted with the task"),
    "none": ("", "web: the volume d is omitted, as you chose: /d has the content of the image"),
}


@pytest.mark.parametrize("choice", VOLUMES)
def test_a_volume_becomes_what_was_chosen(tmp_path: Path, choice: str):
    text = "services: {web: {image: 'a:1', volumes: ['d:/d']}}\nvolumes: {d: }"
    made = converted(tmp_path, text, choices=Choices(volumes={"d": choice}))
    stack = next(text for name, text in made.files.items() if name.endswith("_stack.py"))
    expected, notice = VOLUMES[choice]
    assert expected in stack
    assert ("VolumeMount(" in stack) == (choice != "none")
    assert any(notice in it.line for it in made.notices)


def test_a_file_becomes_part_of_the_image(tmp_path: Path):
    made = converted(
        tmp_path,
        "services: {web: {image: 'nginx:1.29', volumes: ['./my.conf:/etc/nginx/nginx.conf:ro']}}",
        files={"my.conf": "x"},
        choices=Choices(volumes={"./my.conf": "image"}),
    )
    assert made.files["images/web/Dockerfile"] == "FROM nginx:1.29\nCOPY 1-my-conf /etc/nginx/nginx.conf\n"
    assert made.copies == {tmp_path / "./my.conf": Path("images/web/1-my-conf")}


def test_what_is_mounted_for_development_is_left_out_where_an_image_is_built(tmp_path: Path):
    made = converted(
        tmp_path,
        "services: {web: {build: ., volumes: ['.:/app', '/app/node_modules', 'v:/app/vendor']}}\nvolumes: {v: }",
        files={"Dockerfile": "FROM scratch"},
    )
    stack = next(text for name, text in made.files.items() if name.endswith("_stack.py"))
    assert "VolumeMount" not in stack
    assert 'Image.from_asset(PROJECT, exclude=["app"])' in stack
    assert "web: .:/app is omitted: the image contains these files" in [it.line for it in made.notices]
    assert "web: the volume at /app/vendor is omitted: the image contains these files" in [
        it.line for it in made.notices
    ]


# ---- the rest of the app


def test_that_one_task_is_no_safety_is_said_once(tmp_path: Path):
    made = converted(tmp_path, "services: {a: {image: 'a:1'}, b: {image: 'b:1'}}")
    assert [it.line.partition(":")[0] for it in made.notices].count("services have one task, as with Compose") == 1
    made = converted(tmp_path, "services: {a: {image: 'a:1', scale: 2}}")
    assert not any("services have one task" in it.line for it in made.notices)


def test_two_web_services_are_told_apart_by_name(tmp_path: Path):
    text = "services: {a: {image: 'a:1', ports: [80]}, b: {image: 'b:1', ports: [80]}}"
    made = source(tmp_path, text, choices=Choices(hosts={"a": "a.example.com", "b": "b.example.com"}))
    assert 'rule=ListenerRule(hosts=["a.example.com"])' in made
    assert "WebService" in made
    inside = source(tmp_path, text, choices=Choices(internal=frozenset({"b"})))
    assert "rule=" not in inside
    assert 'BackendService,\n            "B"' in inside


def test_a_service_behind_a_proxy_that_is_left_out_can_be_published(tmp_path: Path):
    text = "services: {web: {image: 'a:1'}, traefik: {image: 'traefik:3', ports: [80], depends_on: [web]}}"
    made = source(tmp_path, text, choices=Choices(without=frozenset({"traefik"}), published={"web": "8000"}))
    assert 'WebService,\n            "Web"' in made
    assert "exposure=AlbExposure(port=8000, " in made


def test_a_schedule_makes_a_job(tmp_path: Path):
    made = source(tmp_path, WEB % "restart: 'no'", choices=Choices(schedules={"web": "rate(1 day)"}))
    assert 'ScheduledJob,\n            "Web"' in made
    assert 'schedule="rate(1 day)"' in made


def test_what_has_no_effect_is_named_once(tmp_path: Path):
    made = converted(
        tmp_path,
        "services: {a: {image: 'a:1', labels: [x], tty: true}, b: {image: 'a:1', labels: {x: y}, tty: false}}",
    )
    lines = [it.line for it in made.notices]
    assert [line for line in lines if line.startswith("`labels`")] == [
        "`labels` of a, b is omitted: AWS does not use them: a load balancer replaces routers such as Traefik"
    ]
    assert len([line for line in lines if line.startswith("`tty` of a ")]) == 1


def test_names_that_the_application_has_are_not_taken(tmp_path: Path):
    made = source(tmp_path, "services: {network: {image: 'a:1'}, app: {image: 'a:1'}, class: {image: 'a:1'}}")
    assert '"NetworkService"' in made
    assert '"App",\n            container' in made


# ---- small parts


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("80", PublishedPort(number=80, outside=True)),
        ("8080:80", PublishedPort(number=80, published=8080, outside=True)),
        ("127.0.0.1:8080:80/tcp", PublishedPort(number=80, published=8080)),
        ("[::1]:8080:80", PublishedPort(number=80, published=8080)),
        ("0.0.0.0:53:53/udp", PublishedPort(number=53, protocol="udp", published=53, outside=True)),
        ("127.0.0.1::80", PublishedPort(number=80)),
    ],
)
def test_ports(text: str, port: PublishedPort):
    assert published_port(text) == port


@pytest.mark.parametrize("text", ["", "x", "80:x", "0", "70000", "80:70000", "80-90:80-90", "1:2:3:4", "80/sctp"])
def test_what_is_no_port(text: str):
    with pytest.raises(ValueError, match=r"got"):
        published_port(text)


@pytest.mark.parametrize(
    ("text", "mount"),
    [
        ("d:/v", MountedPath(kind="volume", source="d", target="/v")),
        ("./d:/v:ro,z", MountedPath(kind="bind", source="./d", target="/v", read_only=True)),
        ("~/d:/v", MountedPath(kind="bind", source="~/d", target="/v")),
        ("/v", MountedPath(kind="volume", source="", target="/v")),
    ],
)
def test_mounts(text: str, mount: MountedPath):
    assert mounted_path(text) == mount


@pytest.mark.parametrize(("text", "mib"), [("512m", 512), ("1g", 1024), ("1.5GB", 1536), ("1048577", 2), ("64kb", 1)])
def test_sizes(text: str, mib: int):
    assert mebibytes(text) == mib


def test_tasks_are_as_large_as_they_have_to_be():
    assert task_size(cpu_units("0.25"), 512) == (256, 512)
    assert task_size(cpu_units("0.5"), None) == (512, 1024)
    assert task_size(None, 3000) == (512, 3072)
    with pytest.raises(ValueError, match="too large for Fargate"):
        task_size(40 * 1024, None)


HOSTS = frozenset({"db", "my.db"})


@pytest.mark.parametrize(
    ("setting", "text", "found"),
    [
        ("DB_HOST", "db", [("db", None)]),
        ("NAME", "db", []),
        ("X", "db:5432", [("db", 5432)]),
        ("X", "postgres://u:p@db/db", [("db", 5432)]),
        ("X", "redis://db:1/0,my.db:2", [("db", 1), ("my.db", 2)]),
        ("X", "http://db.example.com/db", []),
        ("X", "mydb:1 db-x:2 x.db:3", []),
        ("X", "http://my.db", [("my.db", 80)]),
    ],
)
def test_mentions(setting: str, text: str, found: list[tuple[str, int | None]]):
    assert [(it.host, it.port) for it in mentions(text, HOSTS, setting=setting)] == found


def test_a_mention_is_replaced_with_its_port_where_the_address_has_one():
    assert replaced("x://db:1/db", HOSTS, "new") == "x://new:1/db"
    assert replaced("x://db:1/db", HOSTS, "new:2") == "x://new:2/db"


@pytest.mark.parametrize("text", ["plain", 'a"b', "a'b", "a\"b'c", "a\\b\n\t", "ü\x00\u200b", "", '\'""'])
def test_texts_are_written_as_they_are(text: str):
    assert ast.literal_eval(quoted(text)) == text


def test_a_call_is_on_one_line_where_it_fits():
    assert written(call("f", 1, a="b", c=None, d=Raw("x")), before="y = ") == 'y = f(1, a="b", d=x)'
    long = written(call("f", a="x" * 80, b=["y" * 60, {"z": 1}]), indent=1)
    assert long.splitlines() == [
        "    f(",
        f'        a="{"x" * 80}",',
        f'        b=["{"y" * 60}", {{"z": 1}}],',
        "    )",
    ]
