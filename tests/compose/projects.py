"""Projects in the style of public ones, and the choices for each."""

from __future__ import annotations

from pathlib import Path

from cdk_containers.compose.converting import Choices, Conversion, convert
from cdk_containers.compose.reading import Project, read_project

FOLDER = Path(__file__).parent / "projects"
OUTPUT = Path("/srv/app")
"""Nothing is written there."""

CACHE = "shop.cache.amazonaws.com"
RDS = "shop.cluster-c1.eu-central-1.rds.amazonaws.com"

CHOICES: dict[str, Choices] = {
    "airflow": Choices(databases={"postgres": RDS}, volumes={"./dags": "efs", "./logs": "efs"}),
    "django": Choices(databases={"postgres": "container"}),
    "elastic": Choices(
        databases={"es01": "container"}, volumes={"./logstash.conf": "image"}, internal=frozenset({"logstash"})
    ),
    "ghost": Choices(databases={"db": "container"}, volumes={"./caddy/Caddyfile": "image"}),
    "gitea": Choices(databases={"db": "container"}, volumes={"./gitea": "efs", "./postgres": "efs"}),
    "nextcloud": Choices(databases={"db": RDS}),
    "plausible": Choices(
        databases={"plausible_db": "container", "plausible_events_db": "container"},
        volumes={"./clickhouse/logs.xml": "image"},
    ),
    "rails": Choices(
        databases={"db": RDS, "redis": "shop.cache.amazonaws.com"}, schedules={"backup": "cron(0 3 * * ? *)"}
    ),
    "voting": Choices(
        databases={"db": "container"}, hosts={"vote": "vote.example.com", "result": "result.example.com"}
    ),
    "wordpress": Choices(databases={"db": "container"}),
}
VARIABLES = {"plausible": {"BASE_URL": "https://plausible.example.com"}}


def project(name: str) -> Project:
    """Read a project."""
    return read_project(FOLDER / name, variables=VARIABLES.get(name))


def conversion(name: str) -> Conversion:
    """Convert a project with its choices."""
    return convert(project(name), CHOICES[name], output=OUTPUT, file="compose.yaml")
