"""Practices for clusters, nodes and workloads on EKS."""

from .model import Practice, Severity

_MANIFESTS = "Manifests are not in templates; the rules for manifests look at them when a stack is synthesized."

PRACTICES = (
    Practice(
        id="eks-private-endpoint",
        title="Keep the cluster API inside the network",
        why=(
            "Through a public endpoint, the whole internet can try stolen credentials and new vulnerabilities of the "
            "API server. With the private endpoint, a caller must first get into your network."
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
            "Without the audit and authenticator logs, you cannot tell who did what in a cluster, and EKS cannot "
            "recover logs from before you enabled them. A log group that EKS creates never expires its events."
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
            "With your own key, its policy controls and its log shows who can read secrets, and you can lock them by "
            "disabling the key. EKS adds a key to a cluster only once and never removes it."
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
        title="Grant access to a cluster with access entries, one for each role",
        why=(
            "Access entries are in the template, so you review them and they are deleted with it. The aws-auth "
            "ConfigMap is edited by hand, and a mistake in it locks everyone out. EKS refuses a second entry for the "
            "same principal."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html",
        severity=Severity.HIGH,
        option="EksCluster.admins, AccessEntry.principal",
    ),
    Practice(
        id="eks-creator-admin",
        title="Give the creator of the cluster no administrator permissions",
        why=(
            "By default the role that creates a cluster, often a pipeline role, stays its administrator and appears in "
            "no list. Changing this setting later replaces the cluster."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/cluster-access-management.html",
        severity=Severity.HIGH,
        option="EksCluster.admins",
    ),
    Practice(
        id="eks-supported-version",
        title="Run a Kubernetes version that EKS supports",
        why=(
            "EKS creates no clusters with an unsupported version, and upgrades existing ones at a time that AWS "
            "chooses."
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
            "By default a cluster enters extended support, where each hour costs six times as much, without a decision "
            "by you."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/disable-extended-support.html",
        severity=Severity.LOW,
        option="EksCluster.support_type",
    ),
    Practice(
        id="eks-deletion-protection",
        title="Protect clusters from deletion",
        why=(
            "Deleting a cluster by mistake also deletes everything that runs in it. A new cluster has another endpoint "
            "and another identity provider."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/deletion-protection.html",
        severity=Severity.HIGH,
        option="EksCluster.deletion_protection",
        checkers={"prowler": ("eks_cluster_deletion_protection_enabled",)},
    ),
    Practice(
        id="eks-zonal-shift",
        title="Enable zonal shift to move traffic away from a zone",
        why=(
            "When a zone fails partially, health checks can stay green. Zonal shift removes the zone from all services "
            "of a cluster, and adds it back later."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/zone-shift.html",
        severity=Severity.LOW,
        option="EksCluster.zonal_shift",
    ),
    Practice(
        id="eks-managed-add-ons",
        title="Install what pods need as EKS add-ons, in the right order",
        why=(
            "Nodes without vpc-cni do not become ready, and CoreDNS without nodes is degraded. The template sets and "
            "updates the version and configuration of an add-on. An add-on also gets its own role instead of the node "
            "role."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html",
        severity=Severity.MEDIUM,
        option="EksCluster.default_add_ons, AddOn.name",
    ),
    Practice(
        id="eks-workload-identity",
        title="Give each workload its own IAM role",
        why=(
            "Every pod on a node can use the permissions of the node role. A role for one service account limits a "
            "compromised pod to the permissions of its application. EKS Pod Identity needs no identity provider in "
            "IAM, but on Fargate and Windows you need IRSA."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
        severity=Severity.HIGH,
        option="WorkloadIdentity.mode",
        check="none",
        not_in_templates="Manifests assign service accounts to pods. A template shows only what eks-node-role checks.",
    ),
    Practice(
        id="eks-storage-default-class",
        title="Have at most one default storage class in a cluster",
        why=(
            "With two defaults, Kubernetes uses the newer one. Claims without a class then get another type of disk "
            "after an unrelated deployment."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/create-storage-class.html",
        severity=Severity.LOW,
        option="EbsStorage.default_class, EfsStorage.default_class, OntapStorage.default_class",
        check="none",
        not_in_templates=_MANIFESTS,
    ),
    Practice(
        id="eks-storage-on-fargate",
        title="On Fargate, mount only existing EFS volumes",
        why=(
            "The EBS and FSx drivers run on nodes, which Fargate does not have, so pods that claim such volumes stay "
            "pending. The built-in EFS driver of Fargate does not create volumes."
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
        why="A file that a faulty release deletes or overwrites is lost for all pods at once, in every zone.",
        source="https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html",
        severity=Severity.MEDIUM,
        option=(
            "EfsStorage.automatic_backups, LustreStorage.backup_retention_days, OntapStorage.backup_retention_days"
        ),
        check="none",
        not_in_templates="Manifests show that pods use a file system. A template shows only the file system.",
    ),
    Practice(
        id="eks-load-balancer-controller",
        title="Give the load balancer controller its own role, its region and its VPC",
        why=(
            "With the permissions of its node, every pod could change load balancers. To read region and VPC from the "
            "instance metadata service, pods would need an extra hop, which exposes the node role to them."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/lbc-helm.html",
        severity=Severity.MEDIUM,
        option="LoadBalancerController.role",
        check="none",
        not_in_templates="A Helm chart or manifests install the controller and set its region and VPC.",
    ),
    Practice(
        id="eks-pod-security",
        title="Hold pods to the restricted Pod Security Standard",
        why=(
            "A container that runs as root, keeps its privileges or mounts files of its node can take over every other "
            "pod there with one vulnerability. Sidecars and init containers count too."
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
            "A Secret in a manifest is encoded, not encrypted, in a file, a template or a repository. Anyone who can "
            "read one of them has the password."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/data-encryption-and-secrets-management.html",
        severity=Severity.CRITICAL,
        option="EksCluster.add_manifests(manifests=)",
    ),
    Practice(
        id="eks-fargate-limits",
        title="Request only what Fargate supports",
        why=(
            "If a pod requests a device, a host port, a privileged container or an EBS volume, it stays pending on "
            "Fargate forever. Only its events show why."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/fargate.html",
        severity=Severity.HIGH,
        option="EksCluster.add_manifests(manifests=)",
        check="none",
        not_in_templates=_MANIFESTS,
    ),
    Practice(
        id="eks-node-metadata",
        title="Keep pods away from the instance metadata service",
        why=(
            "A pod that reaches the instance metadata service gets the credentials of the node. IMDSv2 with a hop "
            "limit of 1 blocks pods that have their own address. Pods in the host network can still reach it."
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
        title="Start nodes from an image that EKS still publishes",
        why=(
            "EKS publishes no Amazon Linux 2 images after Kubernetes 1.32. Amazon Linux 2023 and Bottlerocket have "
            "different variants for ARM64, GPUs and Neuron. A node with the wrong variant never joins or lacks its "
            "driver."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/eks-optimized-amis.html",
        severity=Severity.HIGH,
        option="NodeOptions.machine_image",
    ),
    Practice(
        id="eks-node-role",
        title="Grant the node role only the permissions that the kubelet needs",
        why=(
            "Every pod on a node can use the permissions of the node role. With Pod Identity, pods get their own "
            "roles, including the VPC CNI."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
        severity=Severity.CRITICAL,
        option="ManagedNodeGroup",
    ),
    Practice(
        id="eks-node-count",
        title="Set a minimum and a maximum of nodes, and let the autoscaler set the number",
        why=(
            "A fixed number in the template resets the autoscaler at each deployment, and terminates nodes whose pods "
            "have no other place."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/cas.html",
        severity=Severity.MEDIUM,
        option="ManagedNodeGroup.desired_nodes",
    ),
    Practice(
        id="eks-node-version",
        title="Keep nodes within three minor versions of their cluster",
        why=(
            "Kubernetes does not support a kubelet that is newer than the API server, or more than three minor "
            "versions older."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html",
        severity=Severity.HIGH,
        option="ManagedNodeGroup.version",
    ),
    Practice(
        id="eks-node-repair",
        title="Replace broken nodes automatically",
        why="A node with a broken kubelet, network or disk keeps its pods until you notice.",
        source="https://docs.aws.amazon.com/eks/latest/userguide/node-health.html",
        severity=Severity.MEDIUM,
        option="ManagedNodeGroup.node_repair",
    ),
    Practice(
        id="eks-pod-fits-node",
        title="Request no more for a pod than a node can allocate",
        why=(
            "A node can allocate less than its instance type has: the kubelet, the system and each possible pod "
            "reserve a part. A pod that fits on no node stays pending."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html",
        severity=Severity.HIGH,
        option="ManagedNodeGroup.instance_types",
        check="none",
        not_in_templates=_MANIFESTS,
    ),
    Practice(
        id="eks-fargate-role-trust",
        title="Let only Fargate profiles of one cluster assume its pod execution role",
        why=(
            "Without a condition on the source, a Fargate profile of another cluster or account can make EKS use the "
            "role for it (the confused deputy problem)."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/pod-execution-role.html",
        severity=Severity.HIGH,
        option="FargateProfile",
    ),
    Practice(
        id="eks-fargate-selectors",
        title="Select the pods of a Fargate profile by namespace and labels",
        why="EKS accepts one to five selectors for a profile. A pod that no profile selects waits for a node.",
        source="https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html",
        severity=Severity.MEDIUM,
        option="FargateProfile.selectors",
    ),
    Practice(
        id="eks-karpenter-limits",
        title="Limit the nodes that Karpenter starts, and how many it disrupts at a time",
        why=(
            "Pods that are pending by mistake start nodes until the quota of the account is used up. A disruption "
            "budget prevents consolidation from moving all pods at once."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/karpenter.html",
        severity=Severity.MEDIUM,
        option="KarpenterPool.max_vcpus",
        check="none",
        not_in_templates="A NodePool is a manifest: the constructs write its limits there, not into a template.",
    ),
    Practice(
        id="eks-hybrid-networks",
        title="Use separate address ranges for machines outside AWS",
        why=(
            "The control plane reaches those machines by their IP addresses. If ranges overlap, its responses go to "
            "the wrong network."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-networking.html",
        severity=Severity.HIGH,
        option="EksCluster.remote_node_networks",
    ),
    Practice(
        id="eks-hybrid-credentials",
        title="Give machines outside AWS credentials that expire",
        why=(
            "Keys on a machine outside AWS work until you revoke them. Systems Manager and IAM Roles Anywhere issue "
            "credentials that expire within hours, for one account and one certificate authority only."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-creds.html",
        severity=Severity.HIGH,
        option="HybridNodes.credentials",
    ),
    Practice(
        id="eks-rbac-by-name",
        title="Name the resources and verbs that a Kubernetes role allows",
        why=(
            "A wildcard in a role covers secrets, roles of other teams, and every kind of object that you install "
            "later. Anyone with that role can become administrator."
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
            "A function that applies manifests needs all permissions in the cluster, and so does anyone who can invoke "
            "or change it. If it fails, the stack rolls back, and its log contains its input."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
        severity=Severity.MEDIUM,
        option="KubectlProvider.reason",
    ),
    Practice(
        id="eks-container-resources",
        title="Set requests and limits for each container",
        why=(
            "The scheduler chooses nodes by requests. A pod without requests can land on a full node and is evicted "
            "first. A pod without limits takes the resources of its neighbors."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/data-plane.html",
        severity=Severity.MEDIUM,
        option="PodOptions.cpu_limit, KubernetesService.cpu",
        check="none",
        not_in_templates=_MANIFESTS,
    ),
    Practice(
        id="eks-pod-spread",
        title="Spread the pods of a service across zones and nodes",
        why=(
            "The scheduler can put all pods of a service on one node. If the node or its zone fails, the service is "
            "down."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/data-plane.html",
        severity=Severity.MEDIUM,
        option="PodOptions.spread",
        check="none",
        not_in_templates=_MANIFESTS,
    ),
    Practice(
        id="eks-pod-disruption-budget",
        title="Limit how many pods of a service a node drain can evict at a time",
        why=(
            "A node upgrade or an autoscaler that removes nodes evicts the pods of a node together. Without a budget, "
            "these can be all pods of a service."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/application.html",
        severity=Severity.MEDIUM,
        option="PodOptions.disruption_budget",
        check="none",
        not_in_templates=_MANIFESTS,
    ),
    Practice(
        id="eks-graceful-shutdown",
        title="Keep a pod serving until its load balancer deregisters it, within the time of its node",
        why=(
            "Kubernetes notifies the load balancer and the container at the same time. A container that stops at once "
            "fails requests that still arrive, and a container that takes longer than its node is killed."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/load-balancing.html",
        severity=Severity.HIGH,
        option="Container.stop_timeout",
        check="none",
        not_in_templates=_MANIFESTS,
    ),
)
