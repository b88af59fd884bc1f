"""The page of a match shows in charts what it says in numbers."""

import re
from typing import Any

from shared.contracts.matches import MatchProposed
from tests.builders.console import ConsoleInMemory
from tests.builders.events import an_event

QUOTA = {"feature": "sex", "value": "female", "min": 1, "max": 2, "selected": 2}


async def page_with(**data: Any) -> str:
    console = ConsoleInMemory()
    match = an_event(MatchProposed, data=data)
    await console.hear(match)
    async with console.signed_in() as browser:
        return (await browser.get(f"/matches/{match.data.match_id}")).text


async def test_each_feature_with_quotas_has_a_chart_beside_the_table() -> None:
    page = await page_with(quotas=[QUOTA, {**QUOTA, "feature": "age_band", "value": "16-24"}])

    assert page.count("Chart of the quotas of") == 2
    assert "Quotas beside the panel" in page
    assert "style=" not in page


async def test_a_quota_that_is_missed_is_told_by_shape_and_word_and_not_by_colour_alone() -> None:
    met = await page_with(quotas=[QUOTA])
    missed = await page_with(quotas=[{**QUOTA, "selected": 0}])

    assert (met.count('<circle class="wlc-chart__chosen"'), met.count("too few")) == (2, 1)
    assert missed.count('<circle class="wlc-chart__chosen"') == 1
    assert ">0, too few</text>" in missed


async def test_the_share_of_people_here_is_drawn_where_it_is_known() -> None:
    without = await page_with(quotas=[QUOTA])
    known = await page_with(quotas=[{**QUOTA, "population_share": 0.51}])

    assert "wlc-chart__here" not in without
    assert known.count("wlc-chart__here") == 2


async def test_each_step_says_how_many_fell_out_and_how_many_are_left() -> None:
    page = await page_with()

    fell = re.findall(r'data-head="Fell out"[^>]*>(\w[\w ]*)', page)
    left = re.findall(r'data-head="People left"[^>]*>(\d+)', page)

    assert fell == ["Not counted", "1725", "5", "167", "0", "22", "3"]
    assert left == ["1968", "243", "238", "71", "71", "49", "46"]


async def test_how_even_the_chances_were_is_drawn_and_said() -> None:
    page = await page_with()

    assert "Chances in this draw" in page
    for said in ("7.1%", "8.5%", "8.7%", "0.094"):
        assert f'text-anchor="end">{said}</text>' in page
