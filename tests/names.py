"""Names of test parameters."""

import re


def stable(value: object) -> str:
    """Name a parameter the same in every worker: the address of an object differs between them."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))
