"""Known facts about images by name: their ports, and whether they store data."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen


@frozen(kw_only=False)
class KnownImage:
    """A widely used image.

    Attributes:
        ports: Ports that it listens on.
        managed: Managed service that replaces it; empty for none.
        keeps_data: Whether it stores data.
    """

    ports: tuple[int, ...]
    managed: str = ""
    keeps_data: bool = True


_RDS, _CACHE = "Amazon RDS or Aurora", "Amazon ElastiCache"
_KNOWN = {
    "postgres": KnownImage((5432,), _RDS),
    "postgresql": KnownImage((5432,), _RDS),
    "postgis": KnownImage((5432,), _RDS),
    "timescaledb": KnownImage((5432,), _RDS),
    "pgvector": KnownImage((5432,), _RDS),
    "mysql": KnownImage((3306,), _RDS),
    "mariadb": KnownImage((3306,), _RDS),
    "percona": KnownImage((3306,), _RDS),
    "mssql": KnownImage((1433,), "Amazon RDS"),
    "mongo": KnownImage((27017,), "Amazon DocumentDB"),
    "mongodb": KnownImage((27017,), "Amazon DocumentDB"),
    "elasticsearch": KnownImage((9200, 9300), "Amazon OpenSearch Service"),
    "opensearch": KnownImage((9200, 9300), "Amazon OpenSearch Service"),
    "clickhouse-server": KnownImage((8123, 9000), "ClickHouse Cloud, or a container on EBS"),
    "cassandra": KnownImage((9042,), "Amazon Keyspaces"),
    "neo4j": KnownImage((7687, 7474), "Amazon Neptune"),
    "influxdb": KnownImage((8086,), "Amazon Timestream"),
    "kafka": KnownImage((9092,), "Amazon MSK"),
    "rabbitmq": KnownImage((5672,), "Amazon MQ", keeps_data=False),
    "redis": KnownImage((6379,), _CACHE, keeps_data=False),
    "valkey": KnownImage((6379,), _CACHE, keeps_data=False),
    "keydb": KnownImage((6379,), _CACHE, keeps_data=False),
    "memcached": KnownImage((11211,), _CACHE, keeps_data=False),
    "minio": KnownImage((9000,), "Amazon S3"),
    "nats": KnownImage((4222,), keeps_data=False),
    "zookeeper": KnownImage((2181,)),
    "etcd": KnownImage((2379,)),
}
_INIT_OF_ITS_OWN = ("linuxserver/", "lscr.io/", "gitea/gitea", "homeassistant/", "gitlab/gitlab")
"""Images whose init must be process 1."""

_RUNS_AS = {
    "elasticsearch": "1000:0",
    "opensearch": "1000:1000",
    "kibana": "1000:0",
    "logstash": "1000:0",
    "grafana": "472:0",
    "loki": "10001:10001",
    "prometheus": "65534:65534",
    "alertmanager": "65534:65534",
    "jenkins": "1000:1000",
    "n8n": "1000:1000",
    "node-red": "1000:1000",
    "sonarqube": "1000:0",
}
"""Images that do not start as root, and therefore cannot change the owner of their files."""

NO_HTTP = frozenset(
    {
        21,
        22,
        23,
        25,
        53,
        110,
        143,
        389,
        465,
        587,
        636,
        993,
        995,
        1194,
        1883,
        2222,
        514,
        5044,
        5060,
        5222,
        5671,
        6667,
        8883,
        25565,
    }
    | {port for image in _KNOWN.values() for port in image.ports if port not in (7474, 8123, 9000, 9200)}
)
"""Ports without HTTP."""


def name_of(reference: str) -> str:
    """Return the last part of an image's name, without tag and digest."""
    return reference.partition("@")[0].rpartition("/")[2].partition(":")[0].lower()


def known(reference: str | None) -> KnownImage | None:
    """Return the known facts about an image."""
    name = name_of(reference or "")
    return _KNOWN.get(name) or _KNOWN.get(name.removesuffix("-alpine"))


def runs_as(reference: str | None) -> str | None:
    """Return the initial user of an image, if it is known and not root."""
    return _RUNS_AS.get(name_of(reference or ""))


def is_database(reference: str | None) -> bool:
    """Tell whether an image is a database, a cache or a broker."""
    return known(reference) is not None


def is_pinned(reference: str) -> bool:
    """Tell whether a reference has a digest, or a tag other than `latest`."""
    last = reference.rpartition("/")[2]
    return "@" in last or last.partition(":")[2] not in ("", "latest")


def has_init(reference: str | None) -> bool:
    """Tell whether an image has an init that must be process 1."""
    return (reference or "").removeprefix("docker.io/").startswith(_INIT_OF_ITS_OWN)
