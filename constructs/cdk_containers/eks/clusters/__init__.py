"""EKS clusters, with access entries, add-ons and manifests."""

from .access_entry import AccessEntry
from .access_policy import AccessPolicy
from .add_on_options import AddOnOptions
from .auto_mode import AutoMode
from .eks_cluster import EksCluster
from .name_reference import name_reference
from .principals import claim_principal, node_access_entry
from .public_access import PublicAccess
from .service_cidr import known_cidr
from .upgrades import UpgradeBlocker, upgrade_blockers

__all__ = [
    "AccessEntry",
    "AccessPolicy",
    "AddOnOptions",
    "AutoMode",
    "EksCluster",
    "PublicAccess",
    "UpgradeBlocker",
    "claim_principal",
    "known_cidr",
    "name_reference",
    "node_access_entry",
    "upgrade_blockers",
]
