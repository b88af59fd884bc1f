"""Pages of a list: all that there are is said, but where counting them would take too long."""

import pytest

from services.console.api.rendering import _templates


@pytest.mark.parametrize(
    ("page", "total", "most", "said"),
    [
        (1, 51, 2_050, "Page 1 of 2<"),
        (1, 2_050, 2_050, "Page 1 of 41 or more<"),
        (3, 2_150, 2_150, "Page 3 of 43 or more<"),
    ],
)
def test_a_pager_says_that_there_may_be_more(page: int, total: int, most: int, said: str) -> None:
    parts = _templates().get_template("parts.html").module

    html = str(parts.pager("/messages", "", page, 50, total, most))  # type: ignore[attr-defined]

    assert said in html
    assert f"/messages?page={page + 1}" in html
