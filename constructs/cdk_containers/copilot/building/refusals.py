"""Checks what a manifest requires of its environment, as far as Copilot or AWS would reject it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdk_containers.core.documents import ManifestError, Problem

from ..manifests.models import workloads
from ..manifests.models.balancing import Http, Nlb, RoutingRule
from ..manifests.reading import Manifest
from .setting import Setting

_HOW = "set the domain of the application, or certificates of the environment"


def refuse_what_is_not_there(manifest: Manifest[workloads.Workload], setting: Setting) -> None:
    """Check a manifest against its environment.

    Raises:
        ManifestError: The environment lacks something; all problems are reported at once.
    """
    found = []
    for path, message in _wrong(manifest.model, setting):
        line, column = manifest.at(path) or (None, None)
        found.append(Problem(tuple(path.split(".")), line, column, message))
    if found:
        raise ManifestError(manifest.file, found)


def _wrong(workload: workloads.Workload, setting: Setting) -> Iterator[tuple[str, str]]:
    match workload:
        case workloads.LoadBalancedWebService(http=http, nlb=nlb):
            if isinstance(http, Http) and http.alb is None:
                yield from _wrong_rules(http, setting)
            if nlb is not None:
                yield from _wrong_listeners(nlb, setting)
        case workloads.BackendService(http=http) if http is not None:
            yield from _wrong_internal_rules(http, setting)
            port = workload.image.port if workload.image is not None else None
            if port is None and any(rule.target_port is None for rule in http.rules):
                yield "http", "no port for requests: set image.port, or http.target_port"
        case workloads.RequestDrivenWebService(http=http) if http is not None and http.alias is not None:
            yield from _wrong_name_of_app_runner(http.alias, setting)
        case workloads.StaticSite(http=http) if http is not None and http.alias is not None:
            if http.certificate is None:
                yield from _wrong_name_of_site(http.alias, setting)
        case _:
            return


def _wrong_name_of_app_runner(alias: str, setting: Setting) -> Iterator[tuple[str, str]]:
    if setting.domain is None:
        yield "http.alias", f"the application has no domain for the name: {_HOW}"
    else:
        yield from _outside("http.alias", [alias], [setting.domain], own=_own_domains(setting))


def _wrong_name_of_site(alias: str, setting: Setting) -> Iterator[tuple[str, str]]:
    if setting.domain is None:
        yield "http.alias", "the application has no domain: set http.certificate, or the domain"
    else:
        yield from _outside("http.alias", [alias], _domains(setting))


def _wrong_rules(http: Http, setting: Setting) -> Iterator[tuple[str, str]]:
    for path, rule in _named(http):
        zoned = rule.hosted_zone is not None or any(alias.hosted_zone is not None for alias in rule.aliases)
        if rule.aliases and not setting.has_https:
            yield f"{path}.alias", f"the environment has no certificate for the name: {_HOW}"
        elif zoned and not setting.imports_certificates:
            yield (
                f"{path}.hosted_zone",
                ("your own hosted zone needs your own certificates: set those of the environment"),
            )
        elif not rule.aliases and setting.imports_certificates and rule.path is not None:
            yield path, "an environment with your own certificates routes by host name: set an alias"
        if not setting.imports_certificates and setting.domain is not None:
            names = [alias.name or "" for alias in rule.aliases if alias.hosted_zone is None]
            yield from _outside(f"{path}.alias", names, _domains(setting))
        if (rule.version or "http1").lower() != "http1" and not setting.has_https:
            yield (
                f"{path}.version",
                (f"a load balancer uses {rule.version} to containers only with an HTTPS listener: {_HOW}"),
            )


def _wrong_internal_rules(http: Http, setting: Setting) -> Iterator[tuple[str, str]]:
    for path, rule in _named(http):
        if rule.aliases and not setting.has_internal_https:
            yield f"{path}.alias", "the internal load balancer has no certificates: set those of the environment"
        elif not rule.aliases and setting.has_internal_https and rule.path is not None:
            yield path, "an environment with your own certificates routes by host name: set an alias"
        if (rule.version or "http1").lower() != "http1" and not setting.has_internal_https:
            yield f"{path}.version", f"a load balancer uses {rule.version} to containers only with an HTTPS listener"


def _wrong_listeners(nlb: Nlb, setting: Setting) -> Iterator[tuple[str, str]]:
    for place, listener in enumerate(nlb.listeners):
        path = "nlb" if not place else f"nlb.additional_listeners[{place - 1}]"
        if (listener.port or "").lower().endswith("/tls") and setting.domain is None:
            yield f"{path}.port", "TLS needs a certificate and therefore a name: set the domain of the application"
    if nlb.aliases and setting.domain is None:
        yield "nlb.alias", "the application has no domain for the name: set the domain"
    elif nlb.aliases and setting.imports_certificates:
        yield (
            "nlb.alias",
            "an environment with your own certificates has none for a Network Load Balancer: remove it",
        )
    else:
        names = [alias.name or "" for alias in nlb.aliases]
        yield from _outside("nlb.alias", names, _domains(setting))
        yield from (("nlb.alias", f"{name}: list each host, without *") for name in names if name.startswith("*"))


def _domains(setting: Setting) -> list[str]:
    """Return the domains that Copilot serves, each with at most one label in front."""
    return [setting.domain or "", *_own_domains(setting)]


def _own_domains(setting: Setting) -> list[str]:
    return [f"{setting.application}.{setting.domain}", setting.subdomain or ""]


def _outside(
    path: str, names: Sequence[str], domains: Sequence[str], *, own: Sequence[str] = ()
) -> Iterator[tuple[str, str]]:
    """Find names outside of the application's hosted zones, and names that are reserved for its subdomains.

    Args:
        path: The key.
        names: The names.
        domains: The domains that names are in.
        own: Domains that are not names here and contain no names; with these, no domain is itself a name.
    """
    for name in names:
        above = name.partition(".")[2]
        taken = name in own or above in own or (bool(own) and name in domains)
        if taken or not ({name, above} & set(domains)):
            allowed = ", ".join(f"NAME.{domain}" for domain in domains)
            yield path, f"no hosted zone of the application is for {name}: allowed: {allowed}"


def _named(http: Http) -> Iterator[tuple[str, RoutingRule]]:
    for place, rule in enumerate(http.rules):
        yield "http" if not place else f"http.additional_rules[{place - 1}]", rule
