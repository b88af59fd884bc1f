"""What messages say: templates and translations, written in the form that each person can use."""

from services.notification.clients.letters.composer import MarkdownComposer
from services.notification.clients.letters.previews import MarkdownPreviews

__all__ = ["MarkdownComposer", "MarkdownPreviews"]
