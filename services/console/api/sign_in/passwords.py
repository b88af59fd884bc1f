"""Passwords of staff: looked at in a thread, and as long for a name that nobody has."""

import asyncio

from pwdlib import PasswordHash

from services.console.ports import StaffMember

PASSWORDS = PasswordHash.recommended()
NOBODYS_HASH = PASSWORDS.hash("nobody has this password")
"""Checked where there is no password, so that it takes as long as a wrong one."""


async def fits(password: str, member: StaffMember | None) -> bool:
    """Tell whether it is the password of an account; never for who has none."""
    own = member.password_hash if member else None
    right = await asyncio.to_thread(PASSWORDS.verify, password, own or NOBODYS_HASH)
    return right and own is not None
