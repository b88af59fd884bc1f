"""What a submission says of a person: read, and without free text in what is to be told."""

from dataclasses import replace

from services.intake.domain.consents import version_to_tell
from services.intake.domain.people import Consent, Identity, Profile
from services.intake.domain.person_rules import read_person
from services.intake.use_cases.cases import Case
from shared.contact_details import compact

VERSION_WRITTEN = (
    "The version of a consent is a short tag (letters, digits, `.`, `-`, `_`, at most 40):"
    " of the longer text that was sent only a digest is known here, and told."
)


async def read_stated(case: Case) -> tuple[Identity, Profile]:
    """Return who the person is, and what is to be known of them; see `read_person`."""
    key, desk = compact(case.form.text("postcode")), case.desk
    identity, profile = read_person(
        case.form,
        await desk.places.find(key) if key else None,
        needs=desk.needs,
        time_zones=desk.time_zones,
        now=desk.facts.now(),
        report=case.report,
    )
    words = identity.stays_away_from
    avoids = desk.exclusions.digests(partners=words.partners, sites=words.sites)
    return identity, replace(profile, avoids=avoids, consents=_consents(case, profile))


def _consents(case: Case, profile: Profile) -> dict[str, Consent]:
    digest = case.desk.cipher.digest
    told = {
        purpose: replace(each, version=version_to_tell(each.version, digest))
        for purpose, each in profile.consents.items()
    }
    if told != profile.consents:
        case.report.note(VERSION_WRITTEN)
    return told
