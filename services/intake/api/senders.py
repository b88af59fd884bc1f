"""Who a request is from."""

from fastapi import Request
from fastapi.security import HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param

from services.intake.api.problems import ProblemError
from services.intake.domain.publishers import Publisher
from services.intake.ports import Publishers

BEARER = HTTPBearer(auto_error=False, description="The publisher's key: pk_<name>_<secret>")


def sender(request: Request, publishers: Publishers) -> Publisher:
    """Return the publisher whose key the request carries. Raises ProblemError 401."""
    scheme, key = get_authorization_scheme_param(request.headers.get("authorization"))
    found = publishers.by_key(key) if scheme.lower() == "bearer" and key else None
    if found is None:
        raise ProblemError(401)
    return found
