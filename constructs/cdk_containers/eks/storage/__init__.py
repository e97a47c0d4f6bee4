"""Volumes for pods: file systems, the drivers that mount them, and the storage classes and claims that pods name."""

from .ebs_storage import EbsStorage
from .efs_storage import EfsStorage
from .lustre_storage import LustreStorage
from .ontap_storage import OntapStorage

__all__ = ["EbsStorage", "EfsStorage", "LustreStorage", "OntapStorage"]
