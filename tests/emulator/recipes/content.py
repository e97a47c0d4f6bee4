"""CloudFront, and the copying of files to a bucket."""

import io
import zipfile
from typing import Any

from ..recipe import Properties, Recipe, renamed, without

LISTS = {"AllowedMethods", "Aliases", "CacheBehaviors", "FunctionAssociations", "OriginSSLProtocols", "Origins"}
"""Lists that the API has as a number of items and the items."""

NAMES = {"OriginSSLProtocols": "OriginSslProtocols", "IPV6Enabled": "IsIPV6Enabled"}


def as_asked(value: Any) -> Any:
    """Spell a distribution's configuration as the API does."""
    if isinstance(value, list):
        return [as_asked(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {}
    for name, item in value.items():
        inner = as_asked(item)
        made[NAMES.get(name, name)] = {"Quantity": len(inner), "Items": inner} if name in LISTS else inner
    return made


def distribution_request(properties: Properties) -> Properties:
    """CloudFormation makes up the reference by which a request that is sent twice makes one distribution."""
    config = as_asked(properties["DistributionConfig"])
    reference = "+".join(origin["Id"] for origin in config["Origins"]["Items"])
    return {"DistributionConfig": {"Comment": "", "CallerReference": reference, **config}}


def distribution(api: Any, identity: str) -> Properties:
    found = api.get_distribution(Id=identity)["Distribution"]
    return {"Id": identity, "DomainName": found["DomainName"]}


def function_request(properties: Properties) -> Properties:
    kept = without("AutoPublish", "Tags")(properties)
    return {**kept, "FunctionCode": properties["FunctionCode"].encode()}


def function(api: Any, name: str) -> Properties:
    return {"FunctionARN": api.describe_function(Name=name)["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]}


def copy_files(api: Any, bucket: str, properties: Properties) -> None:
    """Do what the function behind CDK's custom resource does: unpack archives into the bucket."""
    for source, key in zip(properties["SourceBucketNames"], properties["SourceObjectKeys"], strict=True):
        archive = api.get_object(Bucket=source, Key=key)["Body"].read()
        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            for name in (it for it in files.namelist() if not it.endswith("/")):
                api.put_object(Bucket=bucket, Key=name, Body=files.read(name))


RECIPES = {
    "AWS::CloudFront::Distribution": Recipe(
        service="cloudfront",
        create="create_distribution",
        prepare=distribution_request,
        identity=lambda _, response: response["Distribution"]["Id"],
        attributes=distribution,
        delete=lambda api, identity: api.delete_distribution(Id=identity, IfMatch="*"),
        replace=True,
    ),
    "AWS::CloudFront::Function": Recipe(
        service="cloudfront",
        create="create_function",
        name="Name",
        prepare=function_request,
        identity=lambda made, _: made["Name"],
        attributes=function,
        delete=lambda api, name: api.delete_function(Name=name, IfMatch="*"),
    ),
    "AWS::CloudFront::OriginAccessControl": Recipe(
        service="cloudfront",
        create="create_origin_access_control",
        identity=lambda _, response: response["OriginAccessControl"]["Id"],
        delete=lambda api, identity: api.delete_origin_access_control(Id=identity, IfMatch="*"),
    ),
    "Custom::CDKBucketDeployment": Recipe(
        service="s3",
        create="head_bucket",
        prepare=lambda properties: renamed(DestinationBucketName="Bucket")(
            {"DestinationBucketName": properties["DestinationBucketName"]}
        ),
        identity=lambda made, _: made["Bucket"],
        then=copy_files,
        delete=lambda _api, _bucket: None,  # the files stay, as the template says
    ),
}
