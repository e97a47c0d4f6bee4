"""Records in Route 53, and the zones that hold them."""

from typing import Any

from ..recipe import Properties, Recipe


def group_request(properties: Properties) -> Properties:
    """Make all records of a group in one change."""
    sets = [record_set(it) for it in properties["RecordSets"]]
    changes = [{"Action": "UPSERT", "ResourceRecordSet": it} for it in sets]
    return {"HostedZoneId": properties["HostedZoneId"], "ChangeBatch": {"Changes": changes}}


def record_set(properties: Properties) -> Properties:
    """Say what CloudFormation adds, and what the API has as maps."""
    made = dict(properties)
    if records := properties.get("ResourceRecords"):
        made["ResourceRecords"] = [{"Value": it} for it in records]
    if target := properties.get("AliasTarget"):
        made["AliasTarget"] = {"EvaluateTargetHealth": False, **target}
    return made


def group_id(made: Properties, _response: Properties) -> str:
    sets = (it["ResourceRecordSet"] for it in made["ChangeBatch"]["Changes"])
    return "|".join([made["HostedZoneId"], *(f"{it['Name'].rstrip('.')} {it['Type']}" for it in sets)])


def delete_group(api: Any, identity: str) -> None:
    zone, *own = identity.split("|")
    found = api.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    gone = [it for it in found if f"{it['Name'].rstrip('.')} {it['Type']}" in own]
    changes = [{"Action": "DELETE", "ResourceRecordSet": it} for it in gone]
    api.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


RECIPES = {
    "AWS::Route53::RecordSetGroup": Recipe(
        service="route53",
        create="change_resource_record_sets",
        prepare=group_request,
        identity=group_id,
        delete=delete_group,
    ),
}
