"""Settings of containers: plain values, and secrets in Secrets Manager."""

from __future__ import annotations

import re

from cdk_containers.core.documents import MisreadError, decode
from cdk_containers.core.frozen import frozen
from cdk_containers.core.secret_texts import ACCESS_KEYS, kind_of_secret

from ..reading.env_files import env_values
from ..reading.interpolation import UNSET
from ..reading.models import EnvFile, Grant, Service
from ..reading.problems import Found
from .context import Context
from .names import container_name

_FOLDER = "/run/secrets/"


@frozen
class Settings:
    """The settings of a container.

    Attributes:
        plain: Settings that are not secret.
        secret: Key of a secret, by variable.
        texts: Texts of secrets, to find names of services in them.
    """

    plain: dict[str, str]
    secret: dict[str, str]
    texts: dict[str, str]


class Secrets:
    """The secrets of a project: variables with one value share one secret.

    Attributes:
        used_by: Uses of each secret, by key.
    """

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}
        self.used_by: dict[str, list[str]] = {}

    def key(self, text: str, name: str, user: str) -> str:
        """Return the key of the secret with a text.

        Args:
            text: Its value, or the variable with its value.
            name: The name of the setting.
            user: Service and setting that use it.
        """
        alone = re.fullmatch(rf"{UNSET}(\w+){UNSET}", text)
        wanted = re.sub(r"[-_]+", "-", container_name(alone[1] if alone else name)).strip("-")
        if text not in self._keys:
            key = wanted if wanted not in self.used_by else f"{container_name(user.partition(':')[0])}-{wanted}"
            while key in self.used_by:
                key = f"{key}-other"
            self._keys[text] = key
            self.used_by[key] = []
        self.used_by[self._keys[text]].append(user)
        return self._keys[text]


def settings_of(context: Context, secrets: Secrets, name: str, service: Service) -> Settings:
    """Return the settings of a service, including those of its environment files."""
    given: dict[str, str] = {}
    for index, entry in enumerate(service.env_file or []):
        given |= _file(context, name, index, entry)
    for variable, value in (service.environment or {}).items():
        if context.is_empty(name, "environment", variable):
            message = f"its value comes from the shell: write {variable}: ${{{variable}}} and add it to .env"
            context.refuse(name, "environment", variable, message=message)
        else:
            given[variable] = value
    made = Settings(plain={}, secret={}, texts={})
    granted = _granted(context, name, service)
    for variable, value in given.items():
        if variable.upper() in ACCESS_KEYS:
            message = "remove the access key, and grant the permissions to the task role of the service"
            context.refuse(name, "environment", variable, message=message)
        elif variable.endswith("_FILE") and value.removeprefix(_FOLDER) in granted:
            mounted_as = value.removeprefix(_FOLDER)
            granted[mounted_as] = True
            plain_name = variable.removesuffix("_FILE")
            made.secret[plain_name] = secrets.key(f"secret:{mounted_as}", mounted_as, f"{name}: {plain_name}")
            context.say(
                name,
                (f"`{variable}` becomes `{plain_name}`: the secret is a variable, because ECS does not mount secrets"),
            )
        elif UNSET in value or kind_of_secret(variable, value) is not None:
            made.secret[variable] = secrets.key(value, variable, f"{name}: {variable}")
            made.texts[variable] = value
        else:
            made.plain[variable] = value
    _look_for_files(context, name, service)
    for index, grant in enumerate(service.secrets or []):
        source = grant.source if isinstance(grant, Grant) else grant
        if granted.get(_target(grant)) is False:  # unknown secrets are already refused
            message = (
                "ECS does not mount secrets: pass the file in a variable that ends with _FILE, such as "
                f"{str(source).upper().replace('-', '_')}_FILE: {_FOLDER}{source}, if the image supports that, or let "
                "the application read a variable"
            )
            context.refuse(name, "secrets", index, message=message)
    return made


def _look_for_files(context: Context, name: str, service: Service) -> None:
    """Find commands that read a secret from its file."""
    check = service.healthcheck
    for keys, given in (
        (("command",), service.command),
        (("entrypoint",), service.entrypoint),
        (("healthcheck", "test"), check.test if check is not None else None),
    ):
        text = given if isinstance(given, str) else " ".join(word or "" for word in given or [])
        if _FOLDER in text:
            message = (
                f"{_FOLDER} does not exist on ECS: write $$NAME, the variable of the secret, and let a shell read it"
            )
            context.refuse(name, *keys, message=message)


def _target(grant: str | Grant) -> str:
    if isinstance(grant, str):
        return grant
    return (grant.target or grant.source or "").removeprefix(_FOLDER)


def _granted(context: Context, name: str, service: Service) -> dict[str, bool]:
    """Return the secret files of a container, all marked as unused."""
    known = context.project.model.secrets or {}
    granted = {}
    for index, grant in enumerate(service.secrets or []):
        source = grant.source if isinstance(grant, Grant) else grant
        if source not in known:
            context.refuse(name, "secrets", index, message=f"there is no secret {source!r} under `secrets`")
        else:
            granted[_target(grant)] = False
    return granted


def _file(context: Context, name: str, index: int, entry: str | EnvFile) -> dict[str, str]:
    path = entry.path if isinstance(entry, EnvFile) else entry
    optional = isinstance(entry, EnvFile) and entry.required is False
    file = context.project.folder / (path or "")
    found = Found()
    try:
        values = env_values(decode(file.read_bytes(), str(file)), str(file), found)
    except MisreadError as error:
        context.refuse(name, "env_file", index, message=str(error))
        return {}
    except (OSError, ValueError) as error:
        if not optional:
            reason = getattr(error, "strerror", None) or error
            context.refuse(name, "env_file", index, message=f"{file} cannot be read: {reason}")
        return {}
    for line in found.lines:
        context.refuse(name, "env_file", index, message=line)
    if open_ones := [variable for variable, value in values.items() if "${" in value]:
        message = f"{file}: set the values of {', '.join(open_ones)}: they are not interpolated"
        context.refuse(name, "env_file", index, message=message)
    return values
