"""A permit is made by the console's key alone, is for one person, and ends."""

import base64
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from fastapi import HTTPException

from shared.permits import HEADER, LASTS, Permits, permit_door

WHO = UUID(int=1)
OURS, THEIRS = (Permits(base64.b64encode(each * 32).decode()) for each in (b"o", b"t"))


def opens(permit: str, *, checked_by: str | None = OURS.checked_by) -> bool:
    request: Any = SimpleNamespace(
        headers={HEADER: permit}, path_params={"participant_id": str(WHO)}
    )
    try:
        permit_door(checked_by)(request)
    except HTTPException as refused:
        return refused.status_code != 403
    return True


def test_what_the_console_made_opens_and_nothing_where_no_key_is_known() -> None:
    permit = OURS.permit(WHO, datetime.now(UTC))

    assert opens(permit)
    assert not opens(permit, checked_by=None)
    assert not opens(permit, checked_by=THEIRS.checked_by)


def test_it_ends() -> None:
    assert not opens(OURS.permit(WHO, datetime.now(UTC) - LASTS))


@pytest.mark.parametrize("place", range(0, 112, 3))
def test_a_changed_one_opens_nothing(place: int) -> None:
    permit = OURS.permit(WHO, datetime.now(UTC))
    other = "B" if permit[place] != "B" else "C"

    assert not opens(permit[:place] + other + permit[place + 1 :])
