"""Practices for clusters, nodes and workloads on EKS."""

from .model import Practice, Severity

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
        checkers={"security-hub": ("EKS.1",), "cdk-nag": ("AwsSolutions-EKS1",)},
    ),
    Practice(
        id="eks-control-plane-logs",
        title="Keep the logs of the control plane, for a limited time",
        why=(
            "Without the audit and authenticator logs nobody can tell who did what in a cluster, and EKS brings "
            "no log back that was not switched on. A log group that EKS makes itself keeps everything for ever."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html",
        severity=Severity.MEDIUM,
        option="EksCluster.control_plane_logs",
        checkers={"security-hub": ("EKS.8",), "cdk-nag": ("AwsSolutions-EKS2",)},
    ),
    Practice(
        id="eks-secrets-encryption",
        title="Encrypt Kubernetes secrets with a key of your own",
        why=(
            "With a key of your own, its policy and its log say who could read secrets, and disabling it locks "
            "them. EKS adds a key to a cluster once, and never takes it away."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html",
        severity=Severity.MEDIUM,
        option="EksCluster.encryption_key",
        checkers={"security-hub": ("EKS.3",), "checkov": ("CKV_AWS_58",)},
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
            "EKS makes no cluster of a version without support, and upgrades existing ones at a time of its own "
            "choosing."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html",
        severity=Severity.HIGH,
        option="EksCluster.version",
        checkers={"security-hub": ("EKS.2",)},
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
            "version and a configuration in the template, is updated by it, and gets a role of its own in place "
            "of that of the nodes."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html",
        severity=Severity.MEDIUM,
        option="EksCluster.default_add_ons, AddOn.name",
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
        option="EksCluster",
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
        option="EksCluster",
    ),
    Practice(
        id="eks-fargate-limits",
        title="Ask Fargate only for what it has",
        why=(
            "A pod that asks for a device, a port of its node, a privileged container or a volume on EBS stays pending "
            "on Fargate for ever, and nothing but its events says why."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/fargate.html",
        severity=Severity.HIGH,
        option="EksCluster",
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
        id="eks-workload-identity",
        title="Give each workload an IAM role of its own",
        why=(
            "What the role of a node may do, every pod on the node can do. A role for one service account keeps a "
            "compromised pod to what that application needs. EKS Pod Identity does it without an identity provider in "
            "IAM, but not on Fargate or Windows, where IRSA has its place."
        ),
        source="https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
        severity=Severity.HIGH,
        option="WorkloadIdentity.mode",
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
    ),
    Practice(
        id="eks-load-balancer-controller",
        title="Give the load balancer controller a role of its own, its region and its VPC",
        why=(
            "With the rights of its node, every pod could change load balancers. Asking the instance metadata service "
            "for region and VPC takes a hop more than pods should have, since that opens the role of the node to them."
        ),
        source="https://docs.aws.amazon.com/eks/latest/userguide/lbc-helm.html",
        severity=Severity.MEDIUM,
        option="LoadBalancerController.role",
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
    ),
)
