"""Volumes for pods: file systems, drivers, storage classes and claims."""

from .ebs_storage import EbsStorage
from .efs_storage import EfsStorage
from .lustre_storage import LustreStorage
from .ontap_storage import OntapStorage

__all__ = ["EbsStorage", "EfsStorage", "LustreStorage", "OntapStorage"]
