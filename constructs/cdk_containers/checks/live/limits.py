"""What the live checks leave out, and why: parts of other resources, and practices about templates."""

from __future__ import annotations

from collections.abc import Mapping

ELSEWHERE: Mapping[str, str] = {
    "AWS::EC2::InternetGateway": "its id starts with igw- wherever it is used",
    "AWS::EC2::SecurityGroupEgress": "a security group contains all its rules",
    "AWS::EC2::SecurityGroupIngress": "a security group contains all its rules",
    "AWS::ElasticBeanstalk::ConfigurationTemplate": "an environment contains all its settings, wherever they come from",
    "AWS::IAM::AccessKey": "a secret access key is recognized by its form",
    "AWS::IAM::OIDCProvider": "roles refer to it by an ARN that contains its address",
    "AWS::IAM::Policy": "roles, users and groups have their inline policies",
    "AWS::IAM::RolePolicy": "roles have their inline policies",
    "AWS::Route53::HostedZone": "Route 53 refuses a name outside its zone",
    "AWS::Route53::RecordSet": "Route 53 refuses a name that exists",
    "AWS::Serverless::Function": "it is an AWS::Lambda::Function after deployment",
    "Custom::AWSCDK-EKS-Cluster": "it is an AWS::EKS::Cluster after deployment",
    "Custom::AWSCDK-EKS-FargateProfile": "it is an AWS::EKS::FargateProfile after deployment",
    "Custom::AWSCDK-EKS-HelmChart": "what it installs is in the cluster",
    "Custom::AWSCDK-EKS-KubernetesResource": "what it applies is in the cluster",
}
"""Types without a reader, because other resources have the same information."""

ONLY_IN_TEMPLATES: Mapping[str, str] = {
    "domain-names": "Route 53 itself refuses such names.",
    "eks-manifests-as-files": "The cluster does not show which resources of a stack apply manifests.",
    "eks-no-secret-manifests": "Only the API of a cluster shows what is in it, not the AWS API.",
    "eks-node-count": "Every group has a desired size, and does not show whether a deployment sets it.",
    "hard-limits": "AWS refuses everything beyond them.",
    "quota-headroom": "Service Quotas shows the usage of an account's quotas.",
    "fixed-count-or-scaling": "Every service has a desired count, and does not show whether a deployment sets it.",
}
"""Practices whose checks would report correct resources of an account."""
