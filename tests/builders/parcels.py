"""Text messages and letters, ready to be handed over."""

from typing import Any
from uuid import uuid4

from services.notification.domain import Document, PostalLetter, TextMessage

NUMBER = "+447700900123"
ADDRESS = ("Asha Marked", "12 Secret Street", "London", "W13 9LA")
PDF = Document("application/pdf", "pdf", b"%PDF-1.7 an invitation")


def a_text(**fields: Any) -> TextMessage:
    return TextMessage(**{"key": str(uuid4()), "number": NUMBER, "words": "Hello", **fields})


def a_postal_letter(**fields: Any) -> PostalLetter:
    return PostalLetter(**{"key": str(uuid4()), "address": ADDRESS, "document": PDF, **fields})
