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
        option="EksCluster.add_manifests",
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
        option="EksCluster.add_manifests",
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
        option="EksCluster.add_manifests",
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
    ),
)
