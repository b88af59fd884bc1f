"""Whether a secret can be guessed: such a one is taken on a developer's machine alone."""

import base64
import binascii
import hashlib
from urllib.parse import unquote, urlsplit

LEAST_CHARACTERS = 16
LEAST_DIFFERENT = 8
"""Hardly any secret that is drawn at random has fewer."""
KNOWN = (
    *("password", "passwort", "passw0rd", "changeme", "change-me", "secret", "default", "letmein"),
    *("guest", "admin", "root", "operator", "example", "rabbitmq", "mongodb", "qwerty", "gateway"),
    *("123456789", "12345678", "1234567", "123456", "12345", "1234", "abcdef", "test"),
)
NOT_OURS = frozenset({"guest", "admin", "administrator", "root"})
"""Accounts that servers come with, and that may do everything."""
GUESSABLE = f"is easy to guess; draw one at random, of {LEAST_CHARACTERS} characters or more"
NO_KEY = "was not drawn at random; make one with: openssl rand -base64 32"
KEY_BYTES = 32


def fault_of_account(url: str) -> str | None:
    """Say what is wrong with how an address signs in; None where nothing is."""
    parts = urlsplit(url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not user or not password:
        return "names no account with a password; each service signs in as its own"
    if user.lower() in NOT_OURS:
        return "names an account that may do everything; each service signs in as its own"
    return f"names a password that {GUESSABLE}" if _is_guessable(password, user) else None


def fault_of_key(key: str) -> str | None:
    """Say what is wrong with a key, text or bytes in base64; None where nothing is."""
    try:
        drawn = base64.b64decode(key, validate=True)
    except binascii.Error:
        drawn = b""
    if len(drawn) == KEY_BYTES:
        return NO_KEY if len(set(drawn)) < KEY_BYTES // 2 else None
    return GUESSABLE if _is_guessable(key) else None


def fault_of_digest(digest: str) -> str | None:
    """Say whether a digest is that of a word that everybody tries; None where it is of none."""
    tried = {hashlib.sha256(word.encode()).hexdigest() for word in ("", *KNOWN)}
    return f"is the digest of a token that {GUESSABLE}" if digest in tried else None


def _is_guessable(secret: str, owner: str = "") -> bool:
    """Tell whether too little is left of it without the words that everybody tries."""
    left = secret.lower()
    for word in (*KNOWN, owner.lower()):
        left = left.replace(word, "") if word else left
    return len(left) < LEAST_CHARACTERS or len(set(left)) < LEAST_DIFFERENT
