"""The form in which a person corrects their own details: what is in it, and what it says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from services.console.api.participants.times_form import (
    PARTS_PATTERN,
    beyond_parts,
    in_words,
    is_hours,
    slots_of,
)
from services.console.api.words import telephone
from services.console.api.words.needs import ACCESS, INFORMATION
from services.console.ports import DetailsView
from services.console.use_cases.times import parts_in
from shared.contact_details import normal_contact, normal_name, normal_postcode
from shared.contracts.participants import (
    Channel,
    Contact,
    ContactCard,
    ContactPreference,
    Language,
)

LANGUAGE_ROWS = 3
FIELDS: Mapping[Channel, str] = {
    Channel.EMAIL: "email",
    Channel.SMS: "sms",
    Channel.PHONE: "phone",
    Channel.LETTER: "letter",
}
WRONG: Mapping[Channel, str] = {
    Channel.EMAIL: "Write an e-mail address like this: name@example.com",
    Channel.SMS: "Write a UK mobile number like this: 07700 900123",
    Channel.PHONE: "Write a UK phone number like this: 020 7946 0000",
    Channel.LETTER: "Write the address with the street and the town, each on its own line",
}
MISSING: Mapping[Channel, str] = {
    Channel.EMAIL: "You want e-mails: write your e-mail address",
    Channel.SMS: "You want text messages: write your mobile number",
    Channel.PHONE: "You want phone calls: write your phone number",
    Channel.LETTER: "You want letters: write your address",
}


def _with_plain_ends(text: object) -> object:
    """Return a text with ends of lines of one sign, as the person who wrote it counts them."""
    return text.replace("\r\n", "\n") if isinstance(text, str) else text


LONGEST = 200
TOO_LONG = f"This is too long: write {LONGEST} letters and signs at most"

Line = Annotated[str, Field(max_length=LONGEST)]
Written = Annotated[str, BeforeValidator(_with_plain_ends), Field(max_length=5_000)]
"""What a person writes: how long it may be, `LONGEST`, is said to them in words."""
Many = Annotated[list[Written], Field(max_length=10)]
Lines = Annotated[list[Line], Field(max_length=10)]
Code = Annotated[str, Field(pattern=r"^\d{1,18}$")]
Codes = Annotated[list[Code], Field(max_length=100)]
Tongue = Annotated[str, Field(pattern=r"^([a-z]{2,3})?$")]
Part = Annotated[str, Field(pattern=PARTS_PATTERN)]


class DetailsForm(BaseModel):
    """What a browser sends. `shown_need` are the needs that were ticked when the page was made.

    `interpreter` has the numbers of the rows of `language`. `also_hear` are hours known before that
    no part of a day says. `asked_how` is there where the form asked how the person wants to hear.
    `given` is how often they had said something when the page was made.
    """

    given: Annotated[int, Field(ge=0)] = 0
    name: Written = ""
    address_as: Written = ""
    email: Many = []
    sms: Many = []
    phone: Many = []
    letter: Many = []
    postcode: Written = ""
    channel: Channel = Channel.EMAIL
    language: Annotated[list[Tongue], Field(max_length=20)] = []
    interpreter: Lines = []
    need: Codes = []
    shown_need: Codes = []
    asked_how: bool = False
    hear: Annotated[list[Part], Field(max_length=50)] = []
    also_hear: Annotated[list[Annotated[Line, AfterValidator(is_hours)]], Field(max_length=50)] = []
    news: bool = False
    discreet: bool = False

    def of(self, channel: Channel) -> list[str]:
        """Return what is written for a channel."""
        written: list[str] = getattr(self, FIELDS[channel])
        return written


@dataclass(frozen=True, slots=True)
class Given:
    """What the person says: who they are, and what is known about them."""

    card: ContactCard
    channel: Channel
    languages: tuple[Language, ...]
    needs: tuple[str, ...]
    shown: tuple[str, ...]
    preference: ContactPreference | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows in the form; `faults` are sentences by the field that they are about.

    `moved`: it is what is known now, in place of what was written over something older.
    """

    form: DetailsForm
    faults: dict[str, str] = field(default_factory=dict)
    moved: bool = False

    @property
    def ways(self) -> dict[str, list[str]]:
        """Return the lines of each channel, one at least."""
        return {FIELDS[each]: self.form.of(each) or [""] for each in Channel}

    @property
    def languages(self) -> list[tuple[str, bool]]:
        """Return the rows of languages, empty ones to fill in among them."""
        numbered = enumerate(self.form.language, start=1)
        rows = [(code, str(number) in self.form.interpreter) for number, code in numbered]
        return rows + [("", False)] * (LANGUAGE_ROWS - len(rows))

    @property
    def others(self) -> list[str]:
        """Return the needs that are known and that nobody is asked about."""
        known = dict.fromkeys((*self.form.shown_need, *self.form.need))
        return [each for each in known if each not in {*ACCESS, *INFORMATION}]

    @property
    def also(self) -> dict[str, str]:
        """Return the hours that no part of a day says, in words."""
        return {each: in_words(each) for each in self.form.also_hear}


def filled_in(known: DetailsView, card: ContactCard) -> Shown:
    """Return the form with what is known."""
    preference = known.contact_preference
    times = preference.times if preference else ()
    in_order = sorted(card.contacts, key=lambda each: not each.preferred)
    ways: dict[str, Any] = {
        name: [_as_written(each) for each in in_order if each.channel is channel]
        for channel, name in FIELDS.items()
    }
    tongues = enumerate(known.languages, start=1)
    form = DetailsForm.model_construct(
        given=known.given,
        name=card.display_name,
        address_as=card.address_as,
        **ways,
        postcode=card.postcode or "",
        channel=known.preferred_channel,
        language=[each.code for each in known.languages],
        interpreter=[str(number) for number, each in tongues if each.interpreter],
        need=list(known.needs),
        shown_need=list(known.needs),
        asked_how=preference is not None,
        hear=[str(each) for each in parts_in(times)],
        also_hear=beyond_parts(times),
        news=preference is None or preference.news,
        discreet=preference is not None and preference.discreet,
    )
    return Shown(form)


def _as_written(contact: Contact) -> str:
    """Return a way to reach a person as people here write it."""
    is_number = contact.channel in {Channel.SMS, Channel.PHONE}
    return telephone(contact.value) if is_number else contact.value


def read(form: DetailsForm, known: DetailsView) -> Given | Shown:
    """Return what the person says, or the form again with all that is wrong in it."""
    faults: dict[str, str] = {}
    name, address_as = _name("name", form.name, faults), _name("as", form.address_as, faults)
    contacts = tuple(_contacts(form, faults))
    postcode = _postcode(form.postcode, faults)
    if faults:
        return Shown(form, faults)
    card = ContactCard(
        display_name=name, address_as=address_as, contacts=contacts, postcode=postcode
    )
    offered = {*ACCESS, *INFORMATION, *known.needs}
    return Given(
        card=card,
        channel=form.channel,
        languages=_languages(form),
        needs=tuple(dict.fromkeys(each for each in form.need if each in offered)),
        shown=tuple(form.shown_need),
        preference=_preference(form, known),
    )


def _name(field_id: str, text: str, faults: dict[str, str]) -> str:
    name = normal_name(text)
    if len(text) > LONGEST:
        faults[field_id] = TOO_LONG
    elif name is None:
        wrong = {"name": "Write your name", "as": "Write how we should write to you, like Mr Khan"}
        faults[field_id] = wrong[field_id]
    return name or ""


def _contacts(form: DetailsForm, faults: dict[str, str]) -> Iterator[Contact]:
    """Yield each way to reach the person once; the first of their channel is the preferred one."""
    for channel in Channel:
        found = list(dict.fromkeys(_values(channel, form.of(channel), faults)))
        is_theirs = channel is form.channel
        if is_theirs and not any(each.strip() for each in form.of(channel)):
            faults[f"{FIELDS[channel]}-1"] = MISSING[channel]
        for place, value in enumerate(found):
            yield Contact(channel=channel, value=value, preferred=is_theirs and place == 0)


def _values(channel: Channel, written: Sequence[str], faults: dict[str, str]) -> Iterator[str]:
    for number, text in enumerate(written, start=1):
        if not text.strip():
            continue
        value = normal_contact(channel.value, text.strip())
        if value is None or len(text) > LONGEST:
            fault = TOO_LONG if len(text) > LONGEST else WRONG[channel]
            faults[f"{FIELDS[channel]}-{number}"] = fault
        else:
            yield value


def _postcode(text: str, faults: dict[str, str]) -> str | None:
    if not text.strip():
        return None
    postcode = normal_postcode(text)
    if postcode is None:
        faults["postcode"] = "Write the whole postcode like this: W12 7RZ"
    return postcode


def _languages(form: DetailsForm) -> tuple[Language, ...]:
    spoken: dict[str, bool] = {}
    for number, code in enumerate(form.language, start=1):
        if code:
            spoken[code] = spoken.get(code, False) or str(number) in form.interpreter
    return tuple(Language(code=code, interpreter=needed) for code, needed in spoken.items())


def _preference(form: DetailsForm, known: DetailsView) -> ContactPreference | None:
    """Return how they want to hear; nothing where it was not asked, as it is not known here."""
    before = known.contact_preference
    if before is None or not form.asked_how:
        return None
    times = slots_of(form.hear, form.also_hear)
    return ContactPreference(
        times=times, time_zone=before.time_zone, news=form.news, discreet=form.discreet
    )
