"""Errors that end a call without a result."""

from __future__ import annotations

_DENIED = ("AccessDenied", "UnauthorizedOperation", "AuthorizationError")
CREDENTIALS = {
    "ExpiredToken": "the credentials have expired",
    "ExpiredTokenException": "the credentials have expired",
    "InvalidClientTokenId": "AWS does not know the credentials",
    "SignatureDoesNotMatch": "the secret access key is wrong",
    "UnrecognizedClientException": "AWS does not know the credentials",
}
"""Meaning of the error codes for credentials that AWS does not accept."""
_NO_CREDENTIALS = (
    "CredentialRetrievalError",
    "NoCredentialsError",
    "PartialCredentialsError",
    "SSOTokenLoadError",
    "TokenRetrievalError",
    "UnauthorizedSSOTokenError",
)
_THROTTLED = ("Throttl", "TooManyRequests", "RequestLimitExceeded", "LimitExceededException")


class NotAllowed(Exception):  # noqa: N818
    """A call that no reader declares: a bug of this library, stopped before it is sent."""


class Refused(Exception):  # noqa: N818
    """A call that AWS refused, or that failed to reach AWS. The message is for users.

    Attributes:
        action: IAM action of the operation.
        code: AWS's code, or the name of botocore's error.
        said: Message of AWS.
    """

    def __init__(self, message: str, *, action: str = "", code: str = "", said: str = "") -> None:
        self.action, self.code, self.said = action, code, said
        super().__init__(message)

    @property
    def denied(self) -> bool:
        """Whether the caller lacks a permission."""
        return self.code.startswith(_DENIED)

    @property
    def throttled(self) -> bool:
        """Whether AWS throttled the call."""
        return self.code.startswith(_THROTTLED)

    @property
    def credentials(self) -> bool:
        """Whether there are no credentials, or AWS does not accept them."""
        return self.code in CREDENTIALS or self.code in _NO_CREDENTIALS
