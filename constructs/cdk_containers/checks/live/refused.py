"""What ends a call before it has an answer."""

from __future__ import annotations

_DENIED = ("AccessDenied", "UnauthorizedOperation", "AuthorizationError")
CREDENTIALS = {
    "ExpiredToken": "the credentials have expired",
    "ExpiredTokenException": "the credentials have expired",
    "InvalidClientTokenId": "AWS does not know the credentials",
    "SignatureDoesNotMatch": "the secret access key is not the right one",
    "UnrecognizedClientException": "AWS does not know the credentials",
}
"""What AWS says of credentials that it does not take, by its code."""
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
    """A call that no reader names: a mistake of this library, stopped before it leaves."""


class Refused(Exception):  # noqa: N818
    """A call that the account refused, or that did not get through; the message is for a reader.

    Attributes:
        action: What IAM calls the operation.
        code: AWS's code, or the name of botocore's error.
        said: What AWS said.
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
        """Whether there were too many calls."""
        return self.code.startswith(_THROTTLED)

    @property
    def credentials(self) -> bool:
        """Whether there are no credentials, or none that AWS takes."""
        return self.code in CREDENTIALS or self.code in _NO_CREDENTIALS
