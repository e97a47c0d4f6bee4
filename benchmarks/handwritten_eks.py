"""An EKS cluster, its nodes and services on it with CDK alone: what this library makes, written out.

Manifests are dicts, written as YAML beside the template. What only CloudFormation knows is an output, and a placeholder
in the file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import yaml
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct
from handwritten_parts import Common, add_error_alarm, add_health_alarm, add_targets
from subject import ADMIN_ARN, IMAGE, KUBERNETES, PORT

SERVICE_CIDR = "172.20.0.0/16"
_LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_VPC_CNI = {"enableNetworkPolicy": "true", "env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"}}


class _Dumper(yaml.CSafeDumper):  # type: ignore[misc]
    """Writes what is in several places in each of them."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def trust_pods(common: Common, cluster_arn: str, namespace: str, service_account: str) -> iam.IPrincipal:
    """Return EKS Pod Identity, for one service account of a cluster."""
    conditions = {
        "StringEquals": {
            "aws:SourceAccount": common.account,
            "aws:RequestTag/kubernetes-service-account": service_account,
            "aws:RequestTag/kubernetes-namespace": namespace,
        },
        "ArnEquals": {"aws:SourceArn": cluster_arn},
    }
    return iam.SessionTagsPrincipal(iam.ServicePrincipal("pods.eks.amazonaws.com", conditions=conditions))


class ClusterWithNodes(Construct):
    """A private, encrypted cluster with its add-ons, and managed nodes."""

    def __init__(self, scope: Construct, id: str, *, common: Common, name: str) -> None:  # noqa: A002
        super().__init__(scope, id)
        self._common, self._name = common, name
        self._cluster = self._make_cluster()
        self._cluster_name = self._cluster.ref
        eks.CfnAccessEntry(
            self,
            "Admin",
            cluster_name=self._cluster_name,
            principal_arn=ADMIN_ARN,
            type="STANDARD",
            access_policies=[
                eks.CfnAccessEntry.AccessPolicyProperty(
                    access_scope=eks.CfnAccessEntry.AccessScopeProperty(type="cluster"),
                    policy_arn=f"arn:{common.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
                )
            ],
        )
        agent, proxy = self._add_on("eks-pod-identity-agent"), self._add_on("kube-proxy")
        network = self._add_network()
        network.node.add_dependency(agent)
        nodes = self._make_nodes()
        nodes.node.add_dependency(agent, proxy, network)
        for later in ("coredns", "metrics-server"):
            self._add_on(later).node.add_dependency(nodes)

    def _make_cluster(self) -> eks.CfnCluster:
        cluster = eks.CfnCluster
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("eks.amazonaws.com"),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name("AmazonEKSClusterPolicy")],
        )
        log_group = logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/eks/{self._name}/cluster",
            retention=logs.RetentionDays.ONE_YEAR,
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        key = kms.Key(
            self,
            "Key",
            description=f"Secrets of the EKS cluster {self._name}",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        made = eks.CfnCluster(
            self,
            "Cluster",
            name=self._name,
            version=KUBERNETES,
            role_arn=role.role_arn,
            access_config=cluster.AccessConfigProperty(
                authentication_mode="API", bootstrap_cluster_creator_admin_permissions=False
            ),
            bootstrap_self_managed_addons=False,
            deletion_protection=True,
            encryption_config=[
                cluster.EncryptionConfigProperty(
                    provider=cluster.ProviderProperty(key_arn=key.key_arn), resources=["secrets"]
                )
            ],
            kubernetes_network_config=cluster.KubernetesNetworkConfigProperty(
                ip_family="ipv4", service_ipv4_cidr=SERVICE_CIDR
            ),
            logging=cluster.LoggingProperty(
                cluster_logging=cluster.ClusterLoggingProperty(
                    enabled_types=[cluster.LoggingTypeConfigProperty(type=kind) for kind in _LOGS]
                )
            ),
            resources_vpc_config=cluster.ResourcesVpcConfigProperty(
                endpoint_private_access=True, endpoint_public_access=False, subnet_ids=self._common.private_subnets
            ),
            upgrade_policy=cluster.UpgradePolicyProperty(support_type="STANDARD"),
            zonal_shift_config=cluster.ZonalShiftConfigProperty(enabled=True),
        )
        made.node.add_dependency(log_group)
        return made

    def _add_on(self, name: str, **options: Any) -> eks.CfnAddon:
        return eks.CfnAddon(
            self,
            name,
            addon_name=name,
            cluster_name=self._cluster_name,
            preserve_on_delete=False,
            resolve_conflicts="OVERWRITE",
            **options,
        )

    def _add_network(self) -> eks.CfnAddon:
        role = iam.Role(
            self,
            "NetworkRole",
            assumed_by=trust_pods(self._common, self._cluster.attr_arn, "kube-system", "aws-node"),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name("AmazonEKS_CNI_Policy")],
        )
        return self._add_on(
            "vpc-cni",
            configuration_values=json.dumps(_VPC_CNI, separators=(",", ":")),
            pod_identity_associations=[
                eks.CfnAddon.PodIdentityAssociationProperty(role_arn=role.role_arn, service_account="aws-node")
            ],
        )

    def _make_nodes(self) -> eks.CfnNodegroup:
        role = iam.Role(
            self,
            "NodeRole",
            assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name(name)
                for name in ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly")
            ],
        )
        template = ec2.LaunchTemplate(
            self,
            "LaunchTemplate",
            instance_type=ec2.InstanceType("m7i.large"),
            detailed_monitoring=True,
            require_imdsv2=True,
            http_endpoint=True,
            http_put_response_hop_limit=1,
            instance_metadata_tags=False,
            block_devices=[
                ec2.BlockDevice(
                    device_name="/dev/xvda",
                    volume=ec2.BlockDeviceVolume.ebs(
                        50, encrypted=True, delete_on_termination=True, volume_type=ec2.EbsDeviceVolumeType.GP3
                    ),
                )
            ],
        )
        nodes = eks.CfnNodegroup
        return eks.CfnNodegroup(
            self,
            "Nodes",
            cluster_name=self._cluster_name,
            version=KUBERNETES,
            node_role=role.role_arn,
            subnets=self._common.private_subnets,
            ami_type="AL2023_x86_64_STANDARD",
            capacity_type="ON_DEMAND",
            force_update_enabled=False,
            launch_template=nodes.LaunchTemplateSpecificationProperty(
                id=template.launch_template_id, version=template.latest_version_number
            ),
            node_repair_config=nodes.NodeRepairConfigProperty(enabled=True),
            scaling_config=nodes.ScalingConfigProperty(min_size=1, max_size=10),
            update_config=nodes.UpdateConfigProperty(max_unavailable_percentage=33),
        )


class ServiceOnEks(Construct):
    """Pods behind the shared load balancer, with their own role."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        common: Common,
        cluster_name: str,
        cluster_arn: str,
        folder: Path,
        name: str,
        host_name: str,
        priority: int,
    ) -> None:
        super().__init__(scope, id)
        role = iam.Role(self, "Role", assumed_by=trust_pods(common, cluster_arn, "apps", name))
        eks.CfnPodIdentityAssociation(
            self,
            "Identity",
            cluster_name=cluster_name,
            namespace="apps",
            service_account=name,
            role_arn=role.role_arn,
        )
        targets = add_targets(self, common, elbv2.TargetType.IP, host_name=host_name, priority=priority)
        dimensions = {"LoadBalancer": common.load_balancer_full_name, "TargetGroup": targets.target_group_full_name}
        add_health_alarm(self, common, dimensions)
        add_error_alarm(self, common, dimensions)
        cdk.CfnOutput(self, "TargetGroup", value=targets.target_group_arn)
        folder.mkdir(exist_ok=True)
        objects = manifests(name, target_group_arn=f"<{id}TargetGroup>")
        (folder / f"apps-{name}.yaml").write_text(yaml.dump_all(objects, Dumper=_Dumper, sort_keys=False))


def manifests(name: str, *, target_group_arn: str) -> list[dict[str, Any]]:
    """Return the objects of a service."""
    of_pods = {"app.kubernetes.io/name": name}
    labels = {**of_pods, "app.kubernetes.io/managed-by": "cdk-containers"}
    metadata = {"name": name, "namespace": "apps", "labels": labels}
    return [
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": metadata,
            "automountServiceAccountToken": False,
        },
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": metadata,
            "spec": {
                "podSelector": {"matchLabels": of_pods},
                "policyTypes": ["Ingress"],
                "ingress": [
                    {
                        "from": [{"ipBlock": {"cidr": "10.0.0.0/16"}}],
                        "ports": [{"port": PORT, "protocol": "TCP"}],
                    }
                ],
            },
        },
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": metadata,
            "spec": {
                "maxUnavailable": 1,
                "unhealthyPodEvictionPolicy": "AlwaysAllow",
                "selector": {"matchLabels": of_pods},
            },
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata,
            "spec": {
                "type": "ClusterIP",
                "selector": of_pods,
                "ports": [{"name": f"p{PORT}-tcp", "port": PORT, "targetPort": PORT, "protocol": "TCP"}],
            },
        },
        {
            "apiVersion": "elbv2.k8s.aws/v1beta1",
            "kind": "TargetGroupBinding",
            "metadata": {"name": name, "namespace": "apps"},
            "spec": {
                "serviceRef": {"name": name, "port": PORT},
                "targetGroupARN": target_group_arn,
                "targetType": "ip",
            },
        },
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": metadata,
            "spec": {
                "replicas": 2,
                "revisionHistoryLimit": 10,
                "minReadySeconds": 20,
                "progressDeadlineSeconds": 600,
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 2}},
                "selector": {"matchLabels": of_pods},
                "template": {"metadata": {"labels": labels}, "spec": _pod(name, of_pods)},
            },
        },
    ]


def _pod(name: str, of_pods: dict[str, str]) -> dict[str, Any]:
    spread = {
        "maxSkew": 1,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": of_pods},
        "matchLabelKeys": ["pod-template-hash"],
        "nodeTaintsPolicy": "Honor",
    }
    apart = {"labelSelector": {"matchLabels": of_pods}, "topologyKey": "kubernetes.io/hostname"}
    return {
        "serviceAccountName": name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
            "fsGroup": 1000,
            "fsGroupChangePolicy": "OnRootMismatch",
        },
        "terminationGracePeriodSeconds": 70,
        "os": {"name": "linux"},
        "nodeSelector": {"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"},
        "topologySpreadConstraints": [
            {**spread, "topologyKey": key} for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
        ],
        "affinity": {
            "podAntiAffinity": {
                "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": apart}]
            }
        },
        "containers": [_container()],
        "volumes": [{"name": "tmp-0-0", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}}],
    }


def _container() -> dict[str, Any]:
    http = {"httpGet": {"path": "/", "port": PORT, "scheme": "HTTP"}, "timeoutSeconds": 5}
    amounts = {"cpu": "250m", "memory": "512Mi"}
    return {
        "name": "app",
        "image": IMAGE,
        "imagePullPolicy": "Always",
        "ports": [{"name": f"p{PORT}-tcp", "containerPort": PORT, "protocol": "TCP"}],
        "env": [{"name": "AWS_REGION", "value": "<Region>"}],
        "resources": {"requests": amounts, "limits": amounts},
        "startupProbe": {**http, "periodSeconds": 5, "failureThreshold": 15},
        "readinessProbe": {**http, "periodSeconds": 10, "failureThreshold": 3},
        "livenessProbe": {
            "tcpSocket": {"port": PORT},
            "periodSeconds": 10,
            "timeoutSeconds": 5,
            "failureThreshold": 6,
        },
        "lifecycle": {"preStop": {"sleep": {"seconds": 40}}},
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 1000,
            "runAsGroup": 1000,
            "allowPrivilegeEscalation": False,
            "privileged": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumeMounts": [{"name": "tmp-0-0", "mountPath": "/tmp"}],  # noqa: S108  (in the container)
    }
