"""What a screen reader finds in a PDF, and where it breaks PDF/UA-1 (ISO 14289-1).

It sees what can be seen without looking at the page: tags, order, language, alternative texts,
marked content and fonts. It does not judge contrast, or whether a text says what a picture shows.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import pikepdf
from fontTools.ttLib import TTFont

SHOWING = {"Tj", "TJ", "'", '"'}
PAINTING = SHOWING | {*"SsfFBb", "f*", "B*", "b*", "Do", "sh", "INLINE IMAGE"}
MM = 25.4 / 72
HEADING = re.compile(r"H([1-6])")
INSIDE = {"L": {"LI", "L", "Caption"}, "LI": {"Lbl", "LBody"}}
PAIR = re.compile(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")
BLOCK = re.compile(r"beginbfchar(.*?)endbfchar", re.DOTALL)


class Place(NamedTuple):
    """Where a line of words begins, in mm from the left and from the top of its page."""

    page: int
    x: float
    y: float
    words: str
    size: float


@dataclass
class Element:
    """One tag. `words` are those of its own marked content, in the order of the tree."""

    role: str
    words: str = ""
    alternative: str = ""
    has_object: bool = False
    contents: list[tuple[int, int]] = field(default_factory=list)
    children: list["Element"] = field(default_factory=list)

    def walk(self) -> Iterator["Element"]:
        yield self
        for child in self.children:
            yield from child.walk()


class TaggedPdf:
    """A PDF as a screen reader goes through it."""

    def __init__(self, content: bytes) -> None:
        self.pdf = pikepdf.open(io.BytesIO(content))
        self._marked = [dict(_marked(page)) for page in self.pdf.pages]
        self._numbers = {page.objgen: number for number, page in enumerate(self.pdf.pages)}
        self.root = Element("Document")
        if "/StructTreeRoot" in self.pdf.Root:
            self._read(self.pdf.Root.StructTreeRoot, self.root, page=0)

    @property
    def elements(self) -> list[Element]:
        return list(self.root.walk())

    @property
    def roles(self) -> list[str]:
        return [element.role for element in self.elements]

    @property
    def words(self) -> str:
        return " ".join(" ".join(each.words for each in self.elements).split())

    @property
    def places(self) -> list[Place]:
        return [place for page in self.pdf.pages for place in _places(page)]

    def of(self, role: str) -> list[Element]:
        return [element for element in self.elements if element.role == role]

    def _read(self, node: Any, into: Element, page: int) -> None:
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, int):
                into.contents.append((page, kid))
                into.words += self._marked[page].get(kid, "") + " "
            elif kid.get("/Type") == "/OBJR":
                into.has_object = True
            else:
                into.children.append(self._element(kid, page))

    def _element(self, node: Any, page: int) -> Element:
        page = self._numbers[node.Pg.objgen] if "/Pg" in node else page
        element = Element(str(node.S)[1:], alternative=str(node.get("/Alt", "")))
        self._read(node, element, page)
        return element

    def faults(self) -> list[str]:
        """Return each broken rule as a sentence, none for a PDF that keeps them."""
        found = [self._of_the_document, self._of_contents, self._of_headings, self._of_nesting]
        found += [self._of_links, self._of_figures, self._of_fonts]
        return [fault for check in found for fault in check()]

    def _of_the_document(self) -> Iterator[str]:
        root = self.pdf.Root
        with self.pdf.open_metadata() as metadata:
            if not metadata.get("dc:title"):
                yield "it has no title"
            if str(metadata.get("pdfuaid:part")) != "1":
                yield "it does not say that it is PDF/UA-1"
        if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False):
            yield "its title is not shown"
        if not str(root.get("/Lang", "")):
            yield "it has no language"
        if not root.get("/MarkInfo", {}).get("/Marked", False):
            yield "it is not marked as tagged"
        if "/StructTreeRoot" not in root:
            yield "it has no tags"

    def _of_contents(self) -> Iterator[str]:
        told = [content for element in self.elements for content in element.contents]
        if len(told) != len(set(told)):
            yield "some content is tagged twice"
        there = {(page, each) for page, marked in enumerate(self._marked) for each in marked}
        if set(told) - there:
            yield "a tag has no content"
        for number, page in enumerate(self.pdf.pages):
            if any(kind == "unmarked" for kind in _painted(page)):
                yield f"page {number + 1} shows what is neither tagged nor an artifact"
            if "/Annots" in page and page.get("/Tabs") != "/S":
                yield f"page {number + 1} is not tabbed through in the order of its tags"
        for page, each in sorted(there - set(told)):
            yield f"content {each} of page {page + 1} is in no tag"

    def _of_headings(self) -> Iterator[str]:
        levels = [int(found[1]) for role in self.roles if (found := HEADING.fullmatch(role))]
        if levels and levels[0] != 1:
            yield "the first heading is not H1"
        if any(later > earlier + 1 for earlier, later in pairwise(levels)):
            yield "a level of headings is left out"

    def _of_nesting(self) -> Iterator[str]:
        for element in self.elements:
            inside = {child.role for child in element.children}
            if element.role in INSIDE and not inside <= INSIDE[element.role]:
                yield f"{element.role} holds {sorted(inside - INSIDE[element.role])}"
            if element.role == "LI" and "LBody" not in inside:
                yield "an item of a list has no body"

    def _of_links(self) -> Iterator[str]:
        annotations = [each for page in self.pdf.pages for each in page.get("/Annots", [])]
        for each in annotations:
            if not str(each.get("/Contents", "")):
                yield "a link has no alternate description"
            if "/StructParent" not in each:
                yield "a link is in no tag"
        tagged = [element for element in self.of("Link") if element.has_object]
        if len(tagged) != len(annotations) or len(tagged) != len(self.of("Link")):
            yield "links and their tags are not the same"

    def _of_figures(self) -> Iterator[str]:
        if any(not figure.alternative for figure in self.of("Figure")):
            yield "a picture has no alternative text"

    def _of_fonts(self) -> Iterator[str]:
        for page in self.pdf.pages:
            fonts = _fonts(page)
            for name, font in fonts.items():
                if font.program is None:
                    yield f"the font {name} is not embedded"
                if "/ToUnicode" not in font.entry:
                    yield f"the font {name} does not say which letters it shows"
            if any(fonts[name].lacks(code) for name, codes in _shown(page) for code in codes):
                yield "a letter has no glyph"


class _Font:
    def __init__(self, entry: Any) -> None:
        self.entry = entry
        descriptor = entry.get("/DescendantFonts", [entry])[0].get("/FontDescriptor", {})
        kinds = ("/FontFile", "/FontFile2", "/FontFile3")
        self.program = next((descriptor[kind] for kind in kinds if kind in descriptor), None)
        self.letters = _letters(entry)
        self._glyphs: int | None = None

    def lacks(self, code: int) -> bool:
        return code == 0 or code >= self.glyphs

    @property
    def glyphs(self) -> int:
        if self._glyphs is None:
            font = TTFont(io.BytesIO(bytes(self.program.read_bytes())), lazy=True)
            self._glyphs = font["maxp"].numGlyphs
        return self._glyphs


def _letters(entry: Any) -> dict[int, str]:
    if "/ToUnicode" not in entry:
        return {}
    source = entry.ToUnicode.read_bytes().decode("latin-1")
    return {
        int(code, 16): bytes.fromhex(letters).decode("utf-16-be")
        for block in BLOCK.findall(source)
        for code, letters in PAIR.findall(block)
    }


def _fonts(page: Any) -> dict[str, _Font]:
    resources = page.get("/Resources", {}).get("/Font", {})
    return {name: _Font(entry) for name, entry in resources.items()}


def _instructions(page: Any) -> Iterator[tuple[str, list[Any], list[Any]]]:
    """Yield each operator with its operands, and the marks that it stands within."""
    marks: list[Any] = []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in {"BMC", "BDC"}:
            marks.append(list(operands))
        elif name == "EMC":
            marks.pop()
        yield name, list(operands), list(marks)


def _painted(page: Any) -> Iterator[str]:
    for name, _operands, marks in _instructions(page):
        if name in PAINTING:
            yield "marked" if any(_is_told(mark) for mark in marks) else "unmarked"


def _is_told(mark: list[Any]) -> bool:
    return mark[0] == "/Artifact" or _number(mark) is not None


def _number(mark: list[Any]) -> int | None:
    return int(mark[1]["/MCID"]) if len(mark) > 1 and "/MCID" in mark[1] else None


def _shown(page: Any) -> Iterator[tuple[str, list[int]]]:
    for font, codes, _marks in _texts(page):
        yield font, codes


def _texts(page: Any) -> Iterator[tuple[str, list[int], list[Any]]]:
    font = ""
    for name, operands, marks in _instructions(page):
        if name == "Tf":
            font = str(operands[0])
        if name in SHOWING:
            yield font, _codes(operands), marks


def _marked(page: Any) -> Iterator[tuple[int, str]]:
    """Yield the number of each piece of marked content, and the words in it."""
    words: dict[int, str] = {}
    fonts = _fonts(page)
    for _name, _operands, marks in _instructions(page):
        for mark in marks:
            if (number := _number(mark)) is not None:
                words.setdefault(number, "")
    for font, codes, marks in _texts(page):
        for mark in marks:
            if (number := _number(mark)) is not None:
                words[number] += "".join(fonts[font].letters.get(code, "") for code in codes)
    yield from words.items()


def _places(page: Any) -> Iterator[Place]:
    fonts, stack = _fonts(page), []
    matrix, at, font, size = pikepdf.Matrix(), pikepdf.Matrix(), "", 0.0
    for name, operands, _marks in _instructions(page):
        if name == "q":
            stack.append(matrix)
        elif name == "Q":
            matrix = stack.pop()
        elif name == "cm":
            matrix = pikepdf.Matrix(*map(float, operands)) @ matrix
        elif name == "Tm":
            at = pikepdf.Matrix(*map(float, operands)) @ matrix
        elif name == "Tf":
            font, size = str(operands[0]), float(operands[1])
        elif name in SHOWING:
            words = "".join(fonts[font].letters.get(code, "") for code in _codes(operands))
            top = float(page.MediaBox[3]) - at.f
            yield Place(page.index, at.e * MM, top * MM, words, size * at.a)


def _codes(operands: list[Any]) -> list[int]:
    shown = operands[-1]
    strings = shown if isinstance(shown, pikepdf.Array) else [shown]
    raw = b"".join(bytes(each) for each in strings if isinstance(each, pikepdf.String))
    return [int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2)]
