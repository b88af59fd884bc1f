"""What carriers say of parcels that are not for them."""

from services.notification.domain import NotReachedError


class NotItsKindError(NotReachedError):
    """A parcel of a kind that the carrier never takes; that says nothing of its health."""

    code = "not-its-kind"
