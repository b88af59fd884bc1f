"""The error taxonomy: what a failure means for the message that caused it."""

from typing import ClassVar


class AppError(Exception):
    """A failure we foresaw; anything else is a bug. The text never holds personal data."""

    code: ClassVar[str] = "app-error"
    retryable: ClassVar[bool] = False
    leaves_unknown: ClassVar[bool] = False
    """Whether what was tried may have had its effect on somebody else all the same."""


class RuleError(AppError):
    """The domain says no; a retry would say no again."""

    code = "rule"


class NotFoundError(AppError):
    """What the message refers to is not there."""

    code = "not-found"


class MalformedError(AppError):
    """The message is not what its type says it is."""

    code = "malformed"


class NotYetError(AppError):
    """What the message builds on has not arrived; it is on its way."""

    code = "not-yet"
    retryable = True


class TooFastError(AppError):
    """Its sender is faster than was agreed: it is taken when its turn comes, however often."""

    code = "too-fast"
    retryable = True

    def __init__(self, message: str, wait_seconds: float) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class ConflictError(AppError):
    """Someone else saved first; read again and retry."""

    code = "conflict"
    retryable = True
    leaves_unknown = True


class UnavailableError(AppError):
    """A dependency did not answer."""

    code = "unavailable"
    retryable = True


class UnknownError(UnavailableError):
    """A dependency did not answer, and may have done what it was asked for."""

    leaves_unknown = True
