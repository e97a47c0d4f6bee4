"""Rules of EKS that moto does not check, and calls for features of clusters that moto does not have.

A wrong order of creation and deletion must fail: nodes need the add-ons that connect them to the network, add-ons with
pods need nodes, add-ons with credentials from Pod Identity need its agent, and a log group must exist before EKS
creates one without expiry.
"""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from moto.autoscaling.models import autoscaling_backends
from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores, utcnow
from moto.ec2.models import ec2_backends
from moto.eks import urls
from moto.eks.exceptions import InvalidParameterException, InvalidRequestException, ResourceInUseException
from moto.eks.exceptions import ResourceNotFoundException as NotFound
from moto.eks.responses import EKSResponse as Requests
from moto.logs.models import logs_backends

Given = dict[str, Any]

AGENT = "eks-pod-identity-agent"
NETWORK = {"kube-proxy", "vpc-cni"}
DAEMONS = {AGENT, *NETWORK}
"""Add-ons that are only daemons: they become active without a node, and run on each node that joins."""

NAMESPACES = {"amazon-cloudwatch-observability": "amazon-cloudwatch"}
"""Where add-ons have their pods that are not in kube-system."""

# What a cluster holds and moto does not know: the member of an answer with one, what names it, what its ARN calls it.
PARTS = {
    "access_entry": ("accessEntry", "principalArn", "access-entry"),
    "addon": ("addon", "addonName", "addon"),
    "pod_identity_association": ("association", "associationId", "podidentityassociation"),
}

# What moto has, before `install` replaces it.
make_cluster = Requests.create_cluster
make_nodegroup = Requests.create_nodegroup
remove_cluster = Requests.delete_cluster


def install() -> None:
    urls.url_paths["{0}/clusters/(?P<rest>.+)$"] = urls.response.dispatch
    for call in CALLS:
        setattr(Requests, call.__name__, call)
    for kind in PARTS:
        setattr(Requests, f"describe_{kind}", describe(kind))
        setattr(Requests, f"delete_{kind}", delete(kind))


def given_to(self: Any) -> Given:
    return {**(json.loads(self.body) if self.body else {}), **self.uri_match}


def cluster_of(self: Any) -> Any:
    found = self.eks_backend.clusters.get(self.uri_match["name"])
    if not found:
        raise NotFound(message=f"No cluster found for name: {self.uri_match['name']}.")
    return found


def remember(thing: Any, given: Given) -> None:
    """Keep what moto forgets, so that it can be read."""
    for member, value in given.items():
        name = camelcase_to_underscores(member)
        if getattr(thing, name, None) is None:
            setattr(thing, name, value)


def done(kind: str) -> ActionResult:
    return ActionResult({"update": {"id": str(uuid4()), "status": "Successful", "type": kind, "createdAt": utcnow()}})


# ---- clusters


def create_cluster(self: Any) -> Any:
    """Create the security group of the cluster, and the log group if it is missing."""
    given = given_to(self)
    ec2 = ec2_backends[self.current_account][self.region]
    subnets = [ec2.get_subnet(it) for it in given["resourcesVpcConfig"]["subnetIds"]]
    if len({it.availability_zone for it in subnets}) < 2:
        raise InvalidParameterException(message="Subnets specified must be in at least two different AZs")
    made = make_cluster(self)
    cluster = made.result["cluster"]
    remember(cluster, given)
    name = f"eks-cluster-sg-{cluster.name}"
    group = ec2.create_security_group(name, "of the cluster", vpc_id=subnets[0].vpc_id)
    cluster.resources_vpc_config |= {"vpcId": subnets[0].vpc_id, "clusterSecurityGroupId": group.id}
    cluster.identity = {"oidc": {"issuer": f"https://oidc.eks.{self.region}.amazonaws.com/id/{uuid4().hex.upper()}"}}
    if any(it["enabled"] for it in cluster.logging["clusterLogging"]):
        write_logs(self, f"/aws/eks/{cluster.name}/cluster")
    return made


def write_logs(self: Any, group: str) -> None:
    """Create a missing log group, as AWS does: without expiry, and without the key of its owner."""
    logs = logs_backends[self.current_account][self.region]
    if group not in logs.groups:
        logs.create_log_group(group, {})


def update_cluster_config(self: Any) -> ActionResult:
    cluster = cluster_of(self)
    for member, value in given_to(self).items():
        name = camelcase_to_underscores(member)
        before = getattr(cluster, name, None)
        setattr(cluster, name, {**before, **value} if isinstance(before, dict) else value)
    return done("ConfigUpdate")


def update_cluster_version(self: Any) -> ActionResult:
    """Go to the next minor version, and no further."""
    cluster, version = cluster_of(self), given_to(self)["version"]
    if int(version.split(".")[1]) - int(cluster.version.split(".")[1]) != 1:
        raise InvalidParameterException(message=f"Unsupported Kubernetes minor version update: {version}")
    cluster.version = version
    return done("VersionUpdate")


def delete_cluster(self: Any) -> Any:
    cluster = cluster_of(self)
    if getattr(cluster, "deletion_protection", False):
        raise InvalidRequestException(message=f"Cluster {cluster.name} has deletion protection")
    if cluster.fargate_profiles:
        raise ResourceInUseException(message=f"Cluster {cluster.name} has Fargate profiles attached")
    made = remove_cluster(self)
    ec2_backends[self.current_account][self.region].delete_security_group(
        group_id=cluster.resources_vpc_config["clusterSecurityGroupId"]
    )
    return made


# ---- nodes


def has_auto_mode(cluster: Any) -> bool:
    return bool((getattr(cluster, "compute_config", None) or {}).get("enabled"))


def has_nodes(self: Any, cluster: Any) -> bool:
    """Find nodes for pods. Self-managed nodes are found by their tag."""
    tag = f"kubernetes.io/cluster/{cluster.name}"
    groups = autoscaling_backends[self.current_account][self.region].autoscaling_groups.values()
    own = any(tag == it["Key"] for group in groups for it in group.tags)
    return own or has_auto_mode(cluster) or bool(cluster.nodegroups or cluster.fargate_profiles)


def create_nodegroup(self: Any) -> Any:
    cluster, given = cluster_of(self), given_to(self)
    if missing := NETWORK - set(parts(cluster, "addon")):
        raise InvalidRequestException(message=f"NodeCreationFailure: nodes are not ready without {sorted(missing)}")
    made = make_nodegroup(self)
    remember(made.result["nodegroup"], given)
    return made


def update_nodegroup_version(self: Any) -> ActionResult:
    """Take the version of the cluster, or the newest launch template."""
    given = given_to(self)
    cluster = cluster_of(self)
    nodegroup = cluster.nodegroups[given["nodegroupName"]]
    if given.get("version", cluster.version) != cluster.version:
        raise InvalidParameterException(message=f"cluster {cluster.name} has version {cluster.version}")
    nodegroup.version = given.get("version", nodegroup.version)
    nodegroup.launch_template = given.get("launchTemplate", nodegroup.launch_template)
    return done("VersionUpdate")


# ---- what moto does not know


def parts(cluster: Any, kind: str) -> dict[str, Given]:
    found: dict[str, Given] = vars(cluster).setdefault(f"{kind}_parts", {})
    return found


def add(self: Any, cluster: Any, kind: str, given: Given) -> ActionResult:
    """Keep one under what names it, and give it what all of them have."""
    member, key, called = PARTS[kind]
    if given[key] in parts(cluster, kind):
        raise ResourceInUseException(message=f"cluster {cluster.name} already has {given[key]}")
    of_aws = {"clusterName": cluster.name, "createdAt": utcnow(), "modifiedAt": utcnow(), "status": "ACTIVE"}
    arn = f"arn:aws:eks:{self.region}:{self.current_account}:{called}/{cluster.name}/{given[key]}"
    made = {**given, **of_aws, f"{member}Arn": arn}
    parts(cluster, kind)[given[key]] = made
    return ActionResult({member: made})


def find(self: Any, kind: str) -> Given:
    key = self.uri_match[PARTS[kind][1]]
    found = parts(cluster_of(self), kind)
    if key not in found:
        raise NotFound(message=f"cluster {self.uri_match['name']} has no {key}")
    return found[key]


def describe(kind: str) -> Callable[[Any], ActionResult]:
    return lambda self: ActionResult({PARTS[kind][0]: find(self, kind)})


def delete(kind: str) -> Callable[[Any], ActionResult]:
    def remove(self: Any) -> ActionResult:
        found = find(self, kind)
        cluster = cluster_of(self)
        del parts(cluster, kind)[self.uri_match[PARTS[kind][1]]]
        for identity, it in list(parts(cluster, "pod_identity_association").items()):
            if it.get("ownerArn") and it["ownerArn"] == found.get("addonArn"):
                del parts(cluster, "pod_identity_association")[identity]
        return ActionResult({PARTS[kind][0]: found})

    return remove


def create_addon(self: Any) -> ActionResult:
    """Add what goes with the add-on too: the associations of its service accounts."""
    cluster, given = cluster_of(self), given_to(self)
    name = given["addonName"]
    if name not in DAEMONS and not has_nodes(self, cluster):
        raise InvalidRequestException(message=f"add-on {name} is degraded: no nodes available to schedule pods")
    if name == "amazon-cloudwatch-observability":
        for kind in ("application", "dataplane", "host", "performance"):
            write_logs(self, f"/aws/containerinsights/{cluster.name}/{kind}")
    roles = given.pop("podIdentityAssociations", [])
    if roles and AGENT not in parts(cluster, "addon") and not has_auto_mode(cluster):
        raise InvalidRequestException(message=f"add-on {name} is degraded: no credentials without {AGENT}")
    made = add(self, cluster, "addon", given)
    addon = parts(cluster, "addon")[name]
    owned = {"namespace": NAMESPACES.get(name, "kube-system"), "ownerArn": addon["addonArn"]}
    own = [associate(self, cluster, {**owned, **it}) for it in roles]
    addon["podIdentityAssociations"] = [it["associationArn"] for it in own]
    return made


def list_addons(self: Any) -> ActionResult:
    return ActionResult({"addons": sorted(parts(cluster_of(self), "addon"))})


def update_addon(self: Any) -> ActionResult:
    addon, given = find(self, "addon"), given_to(self)
    if "podIdentityAssociations" in given:
        raise InvalidRequestException(message="the emulator cannot change the associations of an add-on")
    addon.update(given)
    return done("AddonUpdate")


def create_access_entry(self: Any) -> ActionResult:
    """Refuse a second entry for a principal; EKS makes those of managed nodes and Fargate profiles itself."""
    cluster, given = cluster_of(self), given_to(self)
    made_by_eks = {
        *(it.node_role for it in cluster.nodegroups.values()),
        *(it.pod_execution_role_arn for it in cluster.fargate_profiles.values()),
    }
    if given["principalArn"] in made_by_eks:
        raise ResourceInUseException(message=f"EKS made the access entry of {given['principalArn']}")
    return add(self, cluster, "access_entry", {"type": "STANDARD", **given})


def list_access_entries(self: Any) -> ActionResult:
    return ActionResult({"accessEntries": sorted(parts(cluster_of(self), "access_entry"))})


def update_access_entry(self: Any) -> ActionResult:
    entry = find(self, "access_entry")
    entry.update(given_to(self))
    return ActionResult({"accessEntry": entry})


def associate_access_policy(self: Any) -> ActionResult:
    entry, given = find(self, "access_entry"), given_to(self)
    if entry["type"] != "STANDARD":
        raise InvalidRequestException(message=f"an access entry of type {entry['type']} takes no policies")
    policy = {"policyArn": given["policyArn"], "accessScope": given["accessScope"]}
    entry.setdefault("policies", {})[given["policyArn"]] = policy
    return ActionResult({"associatedAccessPolicy": policy})


def disassociate_access_policy(self: Any) -> ActionResult:
    del find(self, "access_entry")["policies"][self.uri_match["policyArn"]]
    return ActionResult({})


def list_associated_access_policies(self: Any) -> ActionResult:
    entry = find(self, "access_entry")
    return ActionResult({"associatedAccessPolicies": list(entry.get("policies", {}).values())})


def associate(self: Any, cluster: Any, given: Given) -> Given:
    """Give a service account its only role."""
    account = given["namespace"], given["serviceAccount"]
    known = parts(cluster, "pod_identity_association").values()
    if account in [(it["namespace"], it["serviceAccount"]) for it in known]:
        raise ResourceInUseException(message=f"{'/'.join(account)} has an association")
    identity = f"a-{uuid4().hex[:17]}"
    add(self, cluster, "pod_identity_association", {**given, "associationId": identity})
    return parts(cluster, "pod_identity_association")[identity]


def create_pod_identity_association(self: Any) -> ActionResult:
    return ActionResult({"association": associate(self, cluster_of(self), given_to(self))})


def list_pod_identity_associations(self: Any) -> ActionResult:
    return ActionResult({"associations": list(parts(cluster_of(self), "pod_identity_association").values())})


def update_pod_identity_association(self: Any) -> ActionResult:
    association = find(self, "pod_identity_association")
    association.update(given_to(self))
    return ActionResult({"association": association})


CALLS = (
    associate_access_policy,
    create_access_entry,
    create_addon,
    create_cluster,
    create_nodegroup,
    create_pod_identity_association,
    delete_cluster,
    disassociate_access_policy,
    list_access_entries,
    list_addons,
    list_associated_access_policies,
    list_pod_identity_associations,
    update_access_entry,
    update_addon,
    update_cluster_config,
    update_cluster_version,
    update_nodegroup_version,
    update_pod_identity_association,
)
