"""What an account does not show, and why: types that are part of others by then, and practices about templates."""

from __future__ import annotations

from collections.abc import Mapping

ELSEWHERE: Mapping[str, str] = {
    "AWS::EC2::InternetGateway": "its id starts with igw-, wherever it is named",
    "AWS::EC2::SecurityGroupEgress": "a security group has all its rules",
    "AWS::EC2::SecurityGroupIngress": "a security group has all its rules",
    "AWS::ElasticBeanstalk::ConfigurationTemplate": "an environment has all its settings, wherever they come from",
    "AWS::IAM::AccessKey": "a value that is the secret of a key is known by its form",
    "AWS::IAM::OIDCProvider": "roles name it by an ARN that has its address",
    "AWS::IAM::Policy": "roles, users and groups have their inline policies",
    "AWS::IAM::RolePolicy": "roles have their inline policies",
    "AWS::Route53::HostedZone": "Route 53 refuses a name outside its zone",
    "AWS::Route53::RecordSet": "Route 53 refuses a name that is there",
    "AWS::Serverless::Function": "it is an AWS::Lambda::Function by then",
    "Custom::AWSCDK-EKS-Cluster": "it is an AWS::EKS::Cluster by then",
    "Custom::AWSCDK-EKS-FargateProfile": "it is an AWS::EKS::FargateProfile by then",
    "Custom::AWSCDK-EKS-HelmChart": "what it installs is in the cluster",
    "Custom::AWSCDK-EKS-KubernetesResource": "what it applies is in the cluster",
}
"""Types that no reader finds, because something else says what they say."""

ONLY_IN_TEMPLATES: Mapping[str, str] = {
    "domain-names": "Route 53 refuses names that it would complain about.",
    "eks-manifests-as-files": "Which resources of a stack apply manifests, the cluster does not say.",
    "eks-no-secret-manifests": "What is in a cluster, its own API says, and not that of AWS.",
    "eks-node-count": "Every group has a desired size; whether a deployment sets it, the group does not say.",
    "hard-limits": "AWS refuses what goes beyond them.",
    "quota-headroom": "What an account has of its own quotas, Service Quotas shows.",
    "fixed-count-or-scaling": "Every service has a desired count; whether a deployment sets it, it does not say.",
}
"""Practices whose checks would take what is right in an account for a fault."""
