"""Written words as files: letters to print, Easy Read, Braille for an embosser, scripts.

Everything here works hard and waits for nobody: call it in a thread.
"""

from services.notification.clients.documents.audio import audio_script
from services.notification.clients.documents.braille import braille, require_liblouis
from services.notification.clients.documents.easy_read import Step, easy_read
from services.notification.clients.documents.pdf import Labels, Page, letter

__all__ = [
    "Labels",
    "Page",
    "Step",
    "audio_script",
    "braille",
    "easy_read",
    "letter",
    "require_liblouis",
]
