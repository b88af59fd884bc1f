"""Whether a submitted person is one we know: the same contact, or the same name and date of birth.

Handles are keyed digests made by the store's key, prefixed with the kind of what they stand for.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.intake.domain.people import Identity, KnownAs, Participant

REFERENCE, NAME_AND_BIRTH = "reference", "name-and-birth"

Trait = tuple[str, str]
"""A kind, and the plain text to make the handle of."""

SENTENCES = {
    "email": "the same e-mail address",
    "sms": "the same phone number",
    "phone": "the same phone number",
    "letter": "the same name and postal address",
    NAME_AND_BIRTH: "the same name and date of birth",
}


def traits(identity: Identity) -> list[Trait]:
    """Return what the person is recognised by. An address counts together with the name only.

    A phone number is the same whether it is texted or rung.
    """
    name = folded(identity.display_name)
    found: list[Trait] = []
    for contact in identity.contacts:
        if contact.channel == "letter":
            found.append(("letter", f"{name}|{folded(contact.value)}"))
        elif contact.channel == "email":
            found.append(("email", contact.value.casefold()))
        else:
            found.append(("phone", contact.value))
    if identity.born:
        found.append((NAME_AND_BIRTH, f"{name}|{identity.born.isoformat()}"))
    return found


def folded(text: str) -> str:
    """Return a text without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(kept.split())


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who a submission is about (None: a newcomer), and why; `others` are known by a handle too."""

    person: Participant | None
    by: str = ""
    others: tuple[Participant, ...] = ()


def recognise(reference: str, handles: Sequence[str], known: Iterable[Participant]) -> Recognised:
    """Choose the person: whoever has the reference, else the first handle, in the order given."""
    people = list(known)
    for handle in (reference, *handles):
        for person in people:
            if handle in person.handles:
                others = tuple(other for other in people if other.id != person.id)
                return Recognised(person, kind_of(handle), others)
    return Recognised(None)


def kind_of(handle: str) -> str:
    """Return what kind of trait a handle stands for."""
    return handle.partition(":")[0]


def may_be_another(stated: KnownAs, name: str, person: Participant) -> bool:
    """Whether this may be about somebody else: one who shares a contact, or a slip in a reference.

    Only the reference that registered a person may give them another name or date of birth; said
    under any other one, it must not put a stranger's name, contacts or consent in their place.
    """
    if stated.is_same_as(person.references[0]):
        return False
    given, known = _births(stated.handles), _births(person.handles)
    return name != person.name or bool(given and known and given.isdisjoint(known))


def _births(handles: Iterable[str]) -> set[str]:
    return {handle for handle in handles if kind_of(handle) == NAME_AND_BIRTH}
