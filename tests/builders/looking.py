"""What is wrong with a page for whoever cannot see, or has a small phone."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SMALL = 320
"""CSS pixels: what WCAG 2.2 asks of a page that is not to scroll sideways (1.4.10)."""


async def violations(page: Page) -> list[str]:
    """Return the rules that the page breaks, each with the first element that does."""
    found = await Axe().run(page, options=RULES)
    return [
        f"{page.url}: {each['id']} ({each['nodes'][0]['html'][:120]})"
        for each in found.response["violations"]
    ]


async def faults(page: Page) -> list[str]:
    """Return what is wrong with the page as it stands, on a small phone."""
    size = page.viewport_size
    await page.set_viewport_size({"width": SMALL, "height": 640})
    found = await violations(page)
    if await page.evaluate("document.documentElement.scrollWidth") > SMALL:
        found.append(f"{page.url}: wider than {SMALL} pixels")
    if size:
        await page.set_viewport_size(size)
    return found
