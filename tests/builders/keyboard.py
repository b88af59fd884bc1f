"""Somebody who has a keyboard and no mouse, and sees where the focus is."""

from typing import Self

from playwright.async_api import Locator, Page

MOST_STEPS = 400
"""More than any page has to be stepped through."""

WATCH = """() => {
  const line = (kind, width, colour) => kind === 'none' || width === '0px' ? '' : width + colour;
  const shown = e => [line(e.outlineStyle, e.outlineWidth, e.outlineColor), e.boxShadow,
    line(e.borderTopStyle, e.borderTopWidth, e.borderTopColor),
    line(e.borderBottomStyle, e.borderBottomWidth, e.borderBottomColor),
    e.backgroundColor].join('|');
  const parts = e => [e, ...(e.labels ?? []), ...[e.closest('label')].filter(Boolean)];
  const looks = e => parts(e).flatMap(each => [null, '::before', '::after']
    .map(which => shown(getComputedStyle(each, which)))).join('/');
  const reach = 'a[href], button, input, select, textarea, summary, iframe, [tabindex]';
  const all = [...document.querySelectorAll(reach)].filter(e => e.tabIndex >= 0 && !e.disabled);
  const unfocused = new Map(all.filter(e => e !== document.activeElement).map(e => [e, looks(e)]));
  const said = e => e.outerHTML.replace(/\\s+/g, ' ').slice(0, 100);
  const isCovered = e => {
    const where = (e.labels?.[0] && getComputedStyle(e).opacity === '0' ? e.labels[0] : e);
    return ![...where.getClientRects()].some(box => [0.5, 0.05, 0.95].some(across => {
      const top = document.elementFromPoint(
        box.left + box.width * across, box.top + Math.min(box.height / 2, 20));
      return top && parts(e).some(each => each.contains(top));
    }));
  };
  window.focusSeen = {reached: new Set(), faults: []};
  document.addEventListener('focusin', ({target}) => {
    focusSeen.reached.add(target);
    if (unfocused.has(target) && unfocused.get(target) === looks(target))
      focusSeen.faults.push('does not show that it has the focus: ' + said(target));
    if (isCovered(target))
      focusSeen.faults.push('is covered while it has the focus: ' + said(target));
  });
}"""
"""Notes of each thing that gets the focus whether that can be seen (WCAG 2.4.7, 2.4.11)."""

UNREACHED = """() => {
  const reach = 'a[href], button, input, select, textarea, summary, [tabindex]';
  const group = e => e.type === 'radio' ? document.getElementsByName(e.name) : [e];
  return [...document.querySelectorAll(reach)]
    .filter(e => e.tabIndex >= 0 && !e.disabled && e.checkVisibility() && e.type !== 'hidden')
    .filter(e => ![...group(e)].some(each => focusSeen.reached.has(each)))
    .map(e => 'is not reached: ' + e.outerHTML.replace(/\\s+/g, ' ').slice(0, 100));
}"""


class Keyboard:
    """Steps through pages by Tab, Shift and Tab, arrows, Enter, Space and typing alone."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._faults: list[str] = []

    async def open(self, address: str) -> Self:
        """Open a page by typing its address."""
        await self._page.goto(address)
        await self.look()
        return self

    async def look(self) -> None:
        """Begin to watch the page as it stands now."""
        await self._page.evaluate(WATCH)

    async def to(self, role: str, name: str, *, nth: int = 0) -> Locator:
        """Step to something by its role and name; fail where no step reaches it."""
        found = self._page.get_by_role(role, name=name).nth(nth)  # type: ignore[arg-type]
        await found.wait_for(state="attached")
        is_behind = await found.evaluate(
            "e => !!(document.activeElement !== document.body &&"
            " e.compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_FOLLOWING)"
        )
        for _ in range(MOST_STEPS):
            if await found.evaluate("e => e === document.activeElement"):
                await self._collect()
                return found
            await self._step(is_behind=is_behind)
        raise AssertionError(f"{self._page.url}: no step reaches the {role} {name!r}")

    async def press(self, role: str, name: str, key: str = "Enter", *, nth: int = 0) -> None:
        """Step to something and press a key there; another page may open by it."""
        await self.to(role, name, nth=nth)
        async with self._page.expect_navigation(wait_until="load"):
            await self._page.keyboard.press(key)
        await self.look()

    async def write(self, role: str, name: str, text: str) -> None:
        """Step to a field and write over what stands in it."""
        await self.to(role, name)
        await self._page.keyboard.press("Control+A")
        await self._page.keyboard.type(text)

    async def tick(self, role: str, name: str) -> None:
        """Step to a box and tick it."""
        box = await self.to(role, name)
        await self._page.keyboard.press("Space")
        assert await box.is_checked()

    async def choose(self, name: str, text: str) -> None:
        """Step to a list, and go down in it to a choice."""
        chosen = await self.to("combobox", name)
        for _ in range(MOST_STEPS):
            if await chosen.evaluate("e => e.selectedOptions[0].text") == text:
                return
            await self._page.keyboard.press("ArrowDown")
        raise AssertionError(f"{self._page.url}: {name!r} does not offer {text!r}")

    async def choose_one(self, name: str) -> None:
        """Step to a group of radio buttons, and go down in it to one of them."""
        wanted = self._page.get_by_role("radio", name=name)
        group = await wanted.get_attribute("name")
        for _ in range(MOST_STEPS):
            if await self._page.evaluate("document.activeElement.name") == group:
                break
            await self._step(is_behind=False)
        await self._page.keyboard.press("Space")
        for _ in range(MOST_STEPS):
            if await wanted.is_checked():
                return
            await self._page.keyboard.press("ArrowDown")
        raise AssertionError(f"{self._page.url}: no step chooses {name!r}")

    async def whole_page(self, *, backwards: bool = False) -> list[str]:
        """Step through all of it and out of it; return what is wrong on the way."""
        steps = await self._page.evaluate("document.querySelectorAll('*').length")
        for _ in range(min(steps, MOST_STEPS)):
            await self._step(is_behind=backwards)
            if await self._page.evaluate("document.activeElement === document.body"):
                break
        else:
            self._faults.append(f"{self._page.url}: the focus does not leave the page")
        self._faults += await self._page.evaluate(UNREACHED)
        return await self.faults()

    async def faults(self) -> list[str]:
        """Return what was wrong so far: a focus that could not be seen."""
        await self._collect()
        return self._faults

    async def _step(self, *, is_behind: bool) -> None:
        await self._page.keyboard.press("Shift+Tab" if is_behind else "Tab")

    async def _collect(self) -> None:
        self._faults += await self._page.evaluate("window.focusSeen.faults.splice(0)")
