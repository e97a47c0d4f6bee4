"""Log groups of constructs, with retention, an optional key and a removal policy."""

from .log_group import ContainerLogs, Logs, allow_log_encryption, delivered_log_group, named_log_group, owned_log_group

__all__ = ["ContainerLogs", "Logs", "allow_log_encryption", "delivered_log_group", "named_log_group", "owned_log_group"]
