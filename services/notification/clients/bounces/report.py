"""Reading what a mail server reports: the standard form (RFC 3464), else the many others."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses

from flufl.bounce import NoFailures, Recipients, all_failures

from services.notification.clients.bounces.excerpt import FREE_TEXT, REPORT, excerpt
from services.notification.domain import Receipt

STATUS = re.compile(r"(?<![\d.])([245]\.[0-7]\.\d{1,3})(?!\.?\d)")
"""An enhanced status (RFC 3463), and no part of a version or an address of a machine."""

ACTIONS = {
    "failed": Receipt.FAILED,
    "error": Receipt.FAILED,  # OpenSMTPD's word
    "delayed": Receipt.UNDER_WAY,
    "delivered": Receipt.DELIVERED,
    "expanded": Receipt.DELIVERED,
    "relayed": Receipt.UNDER_WAY,  # to a server that reports nothing: no more is known
}
CLASSES = {"2": Receipt.DELIVERED, "4": Receipt.UNDER_WAY, "5": Receipt.FAILED}
"""What the first digit of a status means where the action is not said."""

UNKNOWN_ADDRESS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
"""No such mailbox or domain, moved, closed (RFC 3463, RFC 7505). Others may be a fault of ours."""

WEIGHTS = (Receipt.UNKNOWN_ADDRESS, Receipt.FAILED, Receipt.DELIVERED, Receipt.UNDER_WAY)
"""Of several recipients, the first of these stands for all."""

NOBODY = "mailer-daemon@localhost"
ANSWERING = ("x-autoreply", "x-autorespond", "x-autoresponder")
MACHINES = re.compile(
    r"mailer.?daemon|postmaster|mail.?delivery|mail.?administrator|microsoft.?exchange"
    r"|system.?administrator|\bm?daemon@|mail.?system|bounce",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a report says of its message; `code` is an enhanced status."""

    outcome: Receipt
    code: str | None


def read(content: bytes) -> Said | None:
    """Return what a report says; None for anything else, such as an answer of a person away.

    Takes well below a second of work whatever it is handed, up to the size the door takes.
    """
    report = message_from_bytes(excerpt(content, REPORT), policy=compat32)
    said = [found for block in _recipients(report) if (found := _said(block))]
    if said:
        return min(said, key=lambda each: WEIGHTS.index(each.outcome))
    return None if _is_no_report(report) else _in_free_text(content)


def _recipients(report: Message) -> Iterator[Message]:
    """Yield the fields said of each recipient; the first block of a part is about the message."""
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            yield from (block for block in part.get_payload() if isinstance(block, Message))


def _said(block: Message) -> Said | None:
    """Return None where neither an action nor a status is said, as of the message itself."""
    status = _status([_field(block, "Status")])
    action = re.match(r"[a-z]*", _field(block, "Action").strip().lower())
    outcome = ACTIONS.get(action.group()) if action else None
    if outcome is None and status:
        outcome = CLASSES[status[0]]
    if outcome is None:
        return None
    if status is None or status.endswith(".0.0"):
        status = _status([_field(block, "Diagnostic-Code")], status) or status
    return Said(_failed(status) if outcome is Receipt.FAILED else outcome, status)


def _failed(status: str | None) -> Receipt:
    return Receipt.UNKNOWN_ADDRESS if status in UNKNOWN_ADDRESS else Receipt.FAILED


def _status(texts: Iterable[str], like: str | None = None) -> str | None:
    """Return the first status said; `like` another, where that is given: of its class."""
    found = [code for text in texts for code in STATUS.findall(text)]
    return next((code for code in found if like is None or code[0] == like[0]), None)


def _field(message: Message, name: str) -> str:
    return str(message.get(name, ""))


def _is_no_report(message: Message) -> bool:
    """Whether a person or their mail program answers, or a server reports something else."""
    kind = str(message.get_param("report-type", "delivery-status"))
    if message.get_content_type() == "multipart/report" and kind.lower() != "delivery-status":
        return True
    if "X-Failed-Recipients" in message:  # Exim calls its bounces automatic answers too
        return False
    is_answer = _field(message, "Auto-Submitted").strip().lower().startswith("auto-replied")
    is_answer |= _field(message, "Precedence").strip().lower() == "auto_reply"
    return is_answer or any(name in message for name in ANSWERING) or not _is_of_machine(message)


def _is_of_machine(message: Message) -> bool:
    writer = _field(message, "From")
    return not writer or bool(MACHINES.search(writer))


def _in_free_text(content: bytes) -> Said | None:
    """Return what a report without the standard form says, as far as its words are known."""
    words = excerpt(content, FREE_TEXT).decode("ascii", errors="replace").replace("\ufffd", "?")
    temporary, permanent = _failures(message_from_string(words, policy=compat32))
    if not temporary and not permanent:
        return None
    codes = STATUS.findall(words.partition("\n\n")[2])
    code = next((code for first in "54" for code in codes if code[0] == first), None)
    return Said(_failed(code) if permanent else Receipt.UNDER_WAY, code)


def _failures(message: Message) -> tuple[Recipients, Recipients]:
    """Return who is said not to be reached, for now and for good."""
    if not getaddresses([_field(message, "From")]):  # flufl.bounce 6.0.0 breaks without one
        del message["From"]
        message["From"] = NOBODY
    try:
        return all_failures(message)
    except Exception:  # noqa: BLE001 - it lets through what breaks its many guesses at a form
        return NoFailures
