"""Whose certificates `wlc` trusts: those that every machine does, and the installation's own."""

import os
import ssl

import httpx

from cli.errors import CommandError

CA_FILE = "WLC_CA_FILE"


def named_authority() -> str | None:
    """Return the file of the installation's own authority, where one is named."""
    return os.environ.get(CA_FILE) or None


def trusted() -> ssl.SSLContext | bool:
    """Return what HTTPS is checked by. Raises CommandError where the authority cannot be read."""
    named = named_authority()
    if not named:
        return True
    context = httpx.create_ssl_context()
    try:
        context.load_verify_locations(named)
    except (OSError, ssl.SSLError) as error:
        sentence = f"{CA_FILE} names {named}, which holds no certificate; name a ca.pem."
        raise CommandError(sentence) from error
    return context
