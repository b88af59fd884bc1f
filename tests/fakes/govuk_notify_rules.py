"""The rules of GOV.UK Notify's published API: who is let in, what is taken, what is answered."""

import base64
import binascii
import re
from datetime import UTC, datetime
from uuid import UUID

import jwt

SERVICE_ID = "0c5d4f6e-7b7e-4b0a-9f59-3d1f2d9a5c11"
SECRET = "b6f0f2a1-55c1-4d39-8a0e-6a6c1a0d2e77"
API_KEY = f"gateway-{SERVICE_ID}-{SECRET}"
TEMPLATE_ID = "f3e1c0de-2a88-4f6e-b855-c550268ce08a"
SECONDS_OF_A_TOKEN = 30


class ApiError(Exception):
    """What Notify answers in place of taking something."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind


def check_token(header: str) -> None:
    """Raise ApiError unless our service signed it within the last half minute."""
    scheme, _, token = header.partition(" ")
    if scheme != "Bearer":
        said = "Unauthorized: authentication token must be provided"
        raise ApiError(401, "AuthError", said)
    try:
        claims = jwt.decode(token, SECRET, algorithms=["HS256"], leeway=SECONDS_OF_A_TOKEN)
    except jwt.InvalidTokenError:
        raise ApiError(403, "AuthError", "Invalid token: API key not found") from None
    if claims.get("iss") != SERVICE_ID:
        raise ApiError(403, "AuthError", "Invalid token: service not found")
    if abs(datetime.now(UTC).timestamp() - claims["iat"]) > SECONDS_OF_A_TOKEN:
        said = "Error: Your system clock must be accurate to within 30 seconds"
        raise ApiError(403, "AuthError", said)


def trouble_of(status: int) -> ApiError:
    if status == 429:
        said = "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds"
        return ApiError(429, "RateLimitError", said)
    return ApiError(status, "Exception", "Internal server error")


def check_number(number: object) -> None:
    if not isinstance(number, str):
        raise ApiError(400, "ValidationError", "phone_number is a required property")
    if not re.fullmatch(r"\+?[0-9]+", number):
        said = "phone_number Must not contain letters or symbols"
        raise ApiError(400, "ValidationError", said)
    if len(number) < 10:
        raise ApiError(400, "ValidationError", "phone_number Not enough digits")


def check_template(template_id: object) -> None:
    if not is_uuid(str(template_id)):
        raise ApiError(400, "ValidationError", "template_id is not a valid UUID")
    if template_id != TEMPLATE_ID:
        raise ApiError(400, "BadRequestError", "Template not found")


def pdf_of(content: str) -> bytes:
    try:
        pdf = base64.b64decode(content, validate=True)
    except binascii.Error:
        said = "Cannot decode letter content (invalid base64 encoding)"
        raise ApiError(400, "BadRequestError", said) from None
    if not pdf.startswith(b"%PDF-"):
        raise ApiError(400, "BadRequestError", "Letter content is not a valid PDF")
    return pdf


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
