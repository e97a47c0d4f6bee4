"""Practices for clusters, nodes and workloads on EKS."""

from .model import Practice, Severity

_MANIFESTS = "Manifests are not in templates; the rules for manifests look at them when a stack is synthesized."

PRACTICES = (
    Practice(
        id="eks-private-endpoint",
        title="Keep the API of the cluster inside the network",
        why=(
            "A public endpoint lets the whole internet try stolen credentials and new vulnerabilities of the API "
            "server. With the private endpoint, a caller needs a way into the network first."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/cluster-access-management.html",
        severity=Severity.HIGH,
        option="EksCluster.public_access",
        checkers={
            "security-hub": ("EKS.1",),
            "control-tower": ("CT.EKS.PR.1",),
            "guard": ("EKS_ENDPOINT_NO_PUBLIC_ACCESS",),
            "cdk-nag": ("AwsSolutions-EKS1",),
            "prowler": ("eks_cluster_not_publicly_accessible", "eks_cluster_private_nodes_enabled"),
        },
    ),
    Practice(
        id="eks-control-plane-logs",
        title="Keep the logs of the control plane, for a limited time",
        why=(
            "Without the audit and authenticator logs nobody can tell who did what in a cluster, and EKS brings "
            "no log back that was not switched on. A log group that EKS makes itself keeps everything forever."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html",
        severity=Severity.MEDIUM,
        option="EksCluster.control_plane_logs",
        checkers={
            "security-hub": ("EKS.8",),
            "cdk-nag": ("AwsSolutions-EKS2",),
            "prowler": ("eks_control_plane_logging_all_types_enabled",),
        },
    ),
    Practice(
        id="eks-secrets-encryption",
        title="Encrypt Kubernetes secrets with your own key",
        why=(
            "With your own key, its policy and its log say who could read secrets, and disabling it locks "
            "them. EKS adds a key to a cluster once, and never takes it away."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html",
        severity=Severity.MEDIUM,
        option="EksCluster.encryption_key",
        checkers={
            "security-hub": ("EKS.3",),
            "control-tower": ("CT.EKS.PR.2",),
            "guard": ("EKS_CLUSTER_ENCRYPTION_RULE",),
            "checkov": ("CKV_AWS_58",),
            "prowler": ("eks_cluster_kms_cmk_encryption_in_secrets_enabled",),
        },
    ),
    Practice(
        id="eks-access-entries",
        title="Give access to a cluster by access entries, one for each role",
        why=(
            "Entries are in the template, are reviewed, and go with it. The ConfigMap aws-auth is edited by hand, "
            "and a mistake in it locks everybody out. EKS refuses a second entry for a principal."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html",
        severity=Severity.HIGH,
        option="EksCluster.admins, AccessEntry.principal",
    ),
    Practice(
        id="eks-creator-admin",
        title="Give no rights to who makes the cluster",
        why=(
            "By default the role that makes a cluster stays its administrator, without showing in any list: "
            "mostly the role of a pipeline. Switching it off later makes another cluster."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/cluster-access-management.html",
        severity=Severity.HIGH,
        option="EksCluster.admins",
    ),
    Practice(
        id="eks-supported-version",
        title="Run a version of Kubernetes that EKS offers",
        why=(
            "EKS makes no cluster of a version without support, and upgrades existing ones at a time that it chooses."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html",
        severity=Severity.HIGH,
        option="EksCluster.version",
        checkers={"security-hub": ("EKS.2",), "prowler": ("eks_cluster_uses_a_supported_version",)},
    ),
    Practice(
        id="eks-standard-support",
        title="Stay in standard support",
        why=(
            "Clusters go into extended support by default, where each hour costs six times as much, without "
            "anybody having decided that."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/disable-extended-support.html",
        severity=Severity.LOW,
        option="EksCluster.support_type",
    ),
    Practice(
        id="eks-deletion-protection",
        title="Protect clusters from deletion",
        why=(
            "A cluster that is deleted by mistake takes everything that runs in it along, and has another "
            "endpoint and identity provider when it is made again."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/deletion-protection.html",
        severity=Severity.HIGH,
        option="EksCluster.deletion_protection",
        checkers={"prowler": ("eks_cluster_deletion_protection_enabled",)},
    ),
    Practice(
        id="eks-zonal-shift",
        title="Allow traffic to be led away from a zone",
        why=(
            "When a zone fails in part, health checks may stay green. Zonal shift takes the zone out of all "
            "services of a cluster, and puts it back."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/zone-shift.html",
        severity=Severity.LOW,
        option="EksCluster.zonal_shift",
    ),
    Practice(
        id="eks-managed-add-ons",
        title="Install what pods need as EKS add-ons, in the right order",
        why=(
            "Nodes without vpc-cni do not get ready, and CoreDNS without nodes is degraded. An add-on has a "
            "version and a configuration in the template, is updated by it, and gets its own role in place "
            "of that of the nodes."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html",
        severity=Severity.MEDIUM,
        option="EksCluster.default_add_ons, AddOn.name",
    ),
    Practice(
        id="eks-workload-identity",
        title="Give each workload its own IAM role",
        why=(
            "What the role of a node may do, every pod on the node can do. A role for one service account keeps a "
            "compromised pod to what that application needs. EKS Pod Identity does it without an identity provider in "
            "IAM, but not on Fargate or Windows, where IRSA has its place."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
        severity=Severity.HIGH,
        option="WorkloadIdentity.mode",
        check="none",
        not_in_templates="Which service account a pod has stands in manifests; what a template shows is eks-node-role.",
    ),
    Practice(
        id="eks-storage-default-class",
        title="Have one default storage class in a cluster, or none",
        why=(
            "With two defaults Kubernetes takes the newer one, so claims that name no class get another kind of disk "
            "after a deployment that seemed to have nothing to do with it."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/create-storage-class.html",
        severity=Severity.LOW,
        option="EbsStorage.default_class, EfsStorage.default_class, OntapStorage.default_class",
        check="none",
        not_in_templates=_MANIFESTS,
    ),
    Practice(
        id="eks-storage-on-fargate",
        title="Mount on Fargate what Fargate can mount: EFS volumes that are there already",
        why=(
            "Drivers of EBS and FSx run on nodes, and Fargate has none: pods that claim such volumes stay pending. The "
            "EFS driver that Fargate has built in makes no volumes."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/efs-csi.html",
        severity=Severity.HIGH,
        option="EfsStorage.provisioning, EbsStorage, LustreStorage, OntapStorage",
        check="none",
        not_in_templates=_MANIFESTS,
    ),
    Practice(
        id="eks-storage-backups",
        title="Back up the file systems of pods",
        why="A file that a faulty release deletes or overwrites is gone for all pods at once, in every zone.",
        source="https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html",
        severity=Severity.MEDIUM,
        option=(
            "EfsStorage.automatic_backups, LustreStorage.backup_retention_days, OntapStorage.backup_retention_days"
        ),
        check="none",
        not_in_templates="That pods use a file system stands in manifests; a template shows the file system alone.",
    ),
    Practice(
        id="eks-load-balancer-controller",
        title="Give the load balancer controller its own role, its region and its VPC",
        why=(
            "With the rights of its node, every pod could change load balancers. Asking the instance metadata service "
            "for region and VPC takes a hop more than pods should have, since that opens the role of the node to them."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/lbc-helm.html",
        severity=Severity.MEDIUM,
        option="LoadBalancerController.role",
        check="none",
        not_in_templates="A Helm chart or manifests install the controller, and give it its region and VPC.",
    ),
    Practice(
        id="eks-pod-security",
        title="Hold pods to the restricted Pod Security Standard",
        why=(
            "A container that runs as root, keeps its privileges or mounts files of its node is one vulnerability away "
            "from every other pod on it. Sidecars and init containers count like the rest."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/pod-security.html",
        severity=Severity.HIGH,
        option="EksCluster.add_manifests(manifests=)",
        check="none",
        not_in_templates=_MANIFESTS,
    ),
    Practice(
        id="eks-no-secret-manifests",
        title="Keep secrets out of manifests",
        why=(
            "A Secret in a manifest is text in a file, in a template or a repository: encoded, not encrypted. "
            "Whoever reads one of them has the password."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/data-encryption-and-secrets-management.html",
        severity=Severity.CRITICAL,
        option="EksCluster.add_manifests(manifests=)",
    ),
    Practice(
        id="eks-fargate-limits",
        title="Ask Fargate only for what it has",
        why=(
            "A pod that asks for a device, a port of its node, a privileged container or a volume on EBS stays pending "
            "on Fargate forever, and nothing but its events says why."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/fargate.html",
        severity=Severity.HIGH,
        option="EksCluster.add_manifests(manifests=)",
        check="none",
        not_in_templates=_MANIFESTS,
    ),
    Practice(
        id="eks-node-metadata",
        title="Answer metadata requests of the node alone",
        why=(
            "A pod that reaches the instance metadata service gets the credentials of the node. IMDSv2 with one hop "
            "keeps pods out that have their own address; pods in the host's network still reach it."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
        severity=Severity.CRITICAL,
        option="ManagedNodeGroup",
        checkers={
            "security-hub": ("EC2.8", "EC2.170", "AutoScaling.3", "AutoScaling.4"),
            "control-tower": ("CT.EC2.PR.1", "CT.EC2.PR.2", "CT.AUTOSCALING.PR.2", "CT.AUTOSCALING.PR.3"),
            "checkov": ("CKV_AWS_79",),
        },
    ),
    Practice(
        id="eks-node-image",
        title="Start nodes from an image that EKS still makes",
        why=(
            "EKS makes no image of Amazon Linux 2 after Kubernetes 1.32. The variants of Amazon Linux 2023 and "
            "Bottlerocket for ARM64, GPUs and Neuron differ, and a node with another one never joins or has no driver."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/eks-optimized-amis.html",
        severity=Severity.HIGH,
        option="NodeOptions.machine_image",
    ),
    Practice(
        id="eks-node-role",
        title="Give the role of nodes nothing but what the kubelet needs",
        why=(
            "Every pod on a node could use what its role may do. Pods have roles of their own by Pod Identity, the VPC "
            "CNI as well."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
        severity=Severity.CRITICAL,
        option="ManagedNodeGroup",
    ),
    Practice(
        id="eks-node-count",
        title="Give nodes bounds, and leave the number to the autoscaler",
        why=(
            "A number in the template resets what an autoscaler did at each deployment, and ends nodes whose pods have "
            "no other place."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/cas.html",
        severity=Severity.MEDIUM,
        option="ManagedNodeGroup.desired_nodes",
    ),
    Practice(
        id="eks-node-version",
        title="Keep nodes within three minor versions of their cluster",
        why="Kubernetes supports no kubelet that is newer than the API server, or more than three versions older.",
        source="https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html",
        severity=Severity.HIGH,
        option="ManagedNodeGroup.version",
    ),
    Practice(
        id="eks-node-repair",
        title="Replace broken nodes automatically",
        why="A node whose kubelet, network or disk is broken keeps its pods until somebody notices.",
        source="https://docs.aws.amazon.com/eks/latest/userguide/node-health.html",
        severity=Severity.MEDIUM,
        option="ManagedNodeGroup.node_repair",
    ),
    Practice(
        id="eks-pod-fits-node",
        title="Request no more for a pod than a node has to give",
        why=(
            "A node has less to give than its instance type has: the kubelet, the system and each pod that may run "
            "there keep a part. A pod that fits nowhere stays pending."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html",
        severity=Severity.HIGH,
        option="ManagedNodeGroup.instance_types",
        check="none",
        not_in_templates=_MANIFESTS,
    ),
    Practice(
        id="eks-fargate-role-trust",
        title="Let only profiles of one cluster take on its pod execution role",
        why=(
            "Without a condition on the source, a Fargate profile of another cluster or account could have EKS use the "
            "role for it (the confused deputy)."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/pod-execution-role.html",
        severity=Severity.HIGH,
        option="FargateProfile",
    ),
    Practice(
        id="eks-fargate-selectors",
        title="Select the pods of a Fargate profile by namespace and labels",
        why="EKS takes one to five selectors for a profile. A pod that no profile selects waits for a node.",
        source="https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html",
        severity=Severity.MEDIUM,
        option="FargateProfile.selectors",
    ),
    Practice(
        id="eks-karpenter-limits",
        title="Limit what Karpenter may start, and how much it may disrupt at a time",
        why=(
            "Pods that wait by mistake start nodes until the quota of the account is used up. A budget keeps "
            "consolidation from moving everything at once."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/karpenter.html",
        severity=Severity.MEDIUM,
        option="KarpenterPool.max_vcpus",
        check="none",
        not_in_templates="A NodePool is a manifest; the constructs write its limits, and no template has them.",
    ),
    Practice(
        id="eks-hybrid-networks",
        title="Tell the networks of machines outside AWS apart from all others",
        why="The control plane reaches those machines by their addresses. Overlapping ones lead its answers elsewhere.",
        source="https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-networking.html",
        severity=Severity.HIGH,
        option="EksCluster.remote_node_networks",
    ),
    Practice(
        id="eks-hybrid-credentials",
        title="Give machines outside AWS credentials that end by themselves",
        why=(
            "Keys on a machine outside AWS are good until somebody takes them back. Systems Manager and IAM Roles "
            "Anywhere give out credentials that end within hours, for this account and this authority only."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-creds.html",
        severity=Severity.HIGH,
        option="HybridNodes.credentials",
    ),
    Practice(
        id="eks-rbac-by-name",
        title="Name what a role of Kubernetes allows",
        why=(
            "An asterisk in a role covers secrets, other people's roles, and every kind of object that is installed "
            "later. Whoever holds it can make themselves administrator."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
        severity=Severity.HIGH,
        option="RoleRule.verbs, RoleRule.resources",
        check="none",
        not_in_templates=_MANIFESTS,
    ),
    Practice(
        id="eks-manifests-as-files",
        title="Apply manifests with credentials that are not in a function",
        why=(
            "A function that applies manifests needs every right in the cluster, and whoever may call or change it has "
            "them too. Its failure rolls back the stack, and its log has what it was given."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
        severity=Severity.MEDIUM,
        option="KubectlProvider.reason",
    ),
    Practice(
        id="eks-container-resources",
        title="Say what each container needs, and hold it to that",
        why=(
            "Nodes are chosen by requests. A pod without them lands where there is no room and is the first to be "
            "ended, and one without limits takes what its neighbours need."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/data-plane.html",
        severity=Severity.MEDIUM,
        option="PodOptions.cpu_limit, KubernetesService.cpu",
        check="none",
        not_in_templates=_MANIFESTS,
    ),
    Practice(
        id="eks-pod-spread",
        title="Spread the pods of a service over zones and nodes",
        why=(
            "The scheduler may put all pods of a service on one node. When the node or its zone fails, the service is "
            "gone with it."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/data-plane.html",
        severity=Severity.MEDIUM,
        option="PodOptions.spread",
        check="none",
        not_in_templates=_MANIFESTS,
    ),
    Practice(
        id="eks-pod-disruption-budget",
        title="Let nodes be drained one pod of a service at a time",
        why=(
            "An upgrade of nodes, or an autoscaler that saves some, ends the pods of a node together. Without a budget "
            "these may be all pods that a service has."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/application.html",
        severity=Severity.MEDIUM,
        option="PodOptions.disruption_budget",
        check="none",
        not_in_templates=_MANIFESTS,
    ),
    Practice(
        id="eks-graceful-shutdown",
        title="Keep a pod serving until its load balancer has let go of it, and no longer than its node",
        why=(
            "Kubernetes tells the load balancer and the container of the end at the same time. A container that stops "
            "at once fails requests that are still sent to it, and one that takes longer than its node is killed."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/load-balancing.html",
        severity=Severity.HIGH,
        option="Container.stop_timeout",
        check="none",
        not_in_templates=_MANIFESTS,
    ),
)
