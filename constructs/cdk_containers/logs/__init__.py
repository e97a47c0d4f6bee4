"""Log groups that a construct owns: with retention, with a key if there is one, gone or kept with the stack."""

from .log_group import ContainerLogs, Logs, allow_log_encryption, delivered_log_group, named_log_group, owned_log_group

__all__ = ["ContainerLogs", "Logs", "allow_log_encryption", "delivered_log_group", "named_log_group", "owned_log_group"]
