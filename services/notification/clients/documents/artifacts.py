"""Page numbers as what they are in PDF/UA-1: artifacts of the page, which nobody is read."""

from collections.abc import Iterator
from typing import Any

NOTHING = b"null"


def page_numbers_are_artifacts(_document: object, pdf: Any) -> None:
    """Mark what no tag holds as an artifact: a finisher for WeasyPrint.

    WeasyPrint 70 gives page numbers a tag that hangs in no tree (PDF 2.0 has one for them).
    """
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    tagged = set(_tags(pdf, root))
    numbers = _object(pdf, root["ParentTree"])["Nums"]
    told = dict(zip(numbers[::2], numbers[1::2], strict=True))
    for number, reference in enumerate(pdf.page_references):
        stream = _object(pdf, _object(pdf, reference)["Contents"])
        loose = {mark for mark, tag in enumerate(told[number]) if tag not in tagged}
        _mark(stream, loose)
        told[number][:] = [tag if tag in tagged else NOTHING for tag in told[number]]


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _tags(pdf: Any, node: Any) -> Iterator[bytes]:
    for kid in node.get("K", ()):
        if isinstance(kid, bytes):
            yield kid
            yield from _tags(pdf, _object(pdf, kid))


def _mark(stream: Any, loose: set[int]) -> None:
    """Begin as an artifact what begins as a tag: pydyf 0.13 keeps name and number one by one."""
    for at, part in enumerate(stream.stream):
        if isinstance(part, dict) and part.get("MCID") in loose:
            stream.stream[at - 1] = "/Artifact"
            part.clear()
            part.update(Type="/Pagination", Subtype="/Footer")
