"""Which resources are drawn as boxes, and what the others are called in a count."""

from __future__ import annotations

import re

from .drawing import Family

BOXES: dict[str, tuple[str, Family]] = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("load balancer", "network"),
    "AWS::ElasticLoadBalancing::LoadBalancer": ("Classic Load Balancer", "network"),
    "AWS::VpcLattice::Service": ("Lattice service", "network"),
    "AWS::VpcLattice::ServiceNetwork": ("Lattice service network", "network"),
    "AWS::CloudFront::Distribution": ("CloudFront distribution", "network"),
    "AWS::EC2::VPC": ("VPC", "network"),
    "AWS::ECS::Service": ("ECS service", "compute"),
    "AWS::ECS::ExpressGatewayService": ("Express Mode service", "compute"),
    "AWS::ECS::Daemon": ("managed daemon", "compute"),
    "AWS::ECS::TaskDefinition": ("job", "compute"),
    "AWS::ECS::Cluster": ("ECS cluster", "compute"),
    "AWS::ECS::CapacityProvider": ("Managed Instances", "compute"),
    "AWS::AutoScaling::AutoScalingGroup": ("EC2 instances", "compute"),
    "AWS::ElasticBeanstalk::Environment": ("Elastic Beanstalk environment", "compute"),
    "AWS::EKS::Cluster": ("EKS cluster", "compute"),
    "AWS::EKS::Nodegroup": ("EKS node group", "compute"),
    "AWS::EKS::FargateProfile": ("EKS Fargate profile", "compute"),
    "AWS::EKS::PodIdentityAssociation": ("Kubernetes pods", "compute"),
    "AWS::Lambda::Function": ("Lambda function", "compute"),
    "AWS::SQS::Queue": ("queue", "messages"),
    "AWS::SNS::Topic": ("topic", "messages"),
    "AWS::DynamoDB::Table": ("DynamoDB table", "data"),
    "AWS::DynamoDB::GlobalTable": ("DynamoDB table", "data"),
    "AWS::S3::Bucket": ("bucket", "data"),
    "AWS::EFS::FileSystem": ("EFS file system", "data"),
    "AWS::FSx::FileSystem": ("FSx file system", "data"),
    "AWS::RDS::DBInstance": ("database", "data"),
    "AWS::RDS::DBCluster": ("database cluster", "data"),
    "AWS::ElastiCache::ReplicationGroup": ("cache", "data"),
    "AWS::ElastiCache::ServerlessCache": ("cache", "data"),
    "AWS::ECR::Repository": ("ECR repository", "delivery"),
    "AWS::CodePipeline::Pipeline": ("pipeline", "delivery"),
    "AWS::IAM::OIDCProvider": ("OIDC provider", "delivery"),
}
"""What has a name in a conversation."""

ONLY_WITH_ARROWS = {"AWS::S3::Bucket", "AWS::SNS::Topic", "AWS::SQS::Queue", "AWS::Lambda::Function"}
"""Plumbing, unless traffic or data reaches it."""

_COUNTED = {
    "AWS::CloudWatch::Alarm": "alarm",
    "AWS::Logs::LogGroup": "log group",
    "AWS::IAM::Role": "role",
    "AWS::KMS::Key": "KMS key",
    "AWS::CloudWatch::Dashboard": "dashboard",
    "AWS::Events::Rule": "event rule",
    "AWS::Scheduler::Schedule": "schedule",
    "AWS::StepFunctions::StateMachine": "state machine",
    "AWS::SecretsManager::Secret": "secret",
    "AWS::SSM::Parameter": "parameter",
    "AWS::S3::Bucket": "bucket",
    "AWS::SNS::Topic": "topic",
    "AWS::SQS::Queue": "queue",
    "AWS::Lambda::Function": "Lambda function",
    "AWS::CertificateManager::Certificate": "certificate",
    "AWS::Route53::RecordSet": "DNS record",
    "AWS::CloudTrail::Trail": "trail",
    "AWS::WAFv2::WebACL": "web ACL",
    "AWS::CodeBuild::Project": "CodeBuild project",
    "AWS::EKS::Addon": "add-on",
    "AWS::EKS::AccessEntry": "access entry",
    "AWS::ServiceDiscovery::PrivateDnsNamespace": "namespace",
    "AWS::ServiceDiscovery::HttpNamespace": "namespace",
    "AWS::EC2::VPCEndpoint": "VPC endpoint",
}
"""What a reader wants to know the number of. Policies, listeners, routes and the like are left out."""


def counted(counts: dict[str, int]) -> list[str]:
    """Say how many resources of each type there are, if a reader wants to know."""
    return [number_of(counts[type_], word) for type_, word in _COUNTED.items() if counts.get(type_)]


def number_of(number: int, word: str) -> str:
    """Say a number of things."""
    if number == 1:
        return f"1 {word}"
    plural = re.sub(r"y$", "ies", word) if re.search(r"[^aeiou]y$", word) else f"{word}s"
    return f"{number} {plural}"
