"""Opening contact cards with the keyring, at the moment of writing."""

from uuid import UUID

from services.notification.domain import Addressee, Participant, SealedCard
from shared.contracts.participants import Channel, ContactCard, SealedContact
from shared.errors import NotFoundError
from shared.keyring import Keyring


class KeyringAddresses:
    """See ports.Addresses."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def addressee(self, participant: Participant, card: SealedCard) -> Addressee | None:
        opened = await self._opened(participant, card)
        email = _email(opened)
        return Addressee(email, opened.address_as, participant.point_size) if email else None

    async def channels(self, participant: Participant, card: SealedCard) -> frozenset[str]:
        opened = await self._opened(participant, card)
        return frozenset(contact.channel.value for contact in opened.contacts)

    async def _opened(self, participant: Participant, card: SealedCard) -> ContactCard:
        sealed = SealedContact(
            participant_id=UUID(participant.id), nonce=card.nonce, ciphertext=card.ciphertext
        )
        opened = await self._keyring.open(sealed)
        if opened is None:
            raise NotFoundError("the person's key is forgotten")
        return opened


def _email(card: ContactCard) -> str | None:
    emails = [contact for contact in card.contacts if contact.channel is Channel.EMAIL]
    chosen = sorted(emails, key=lambda contact: not contact.preferred)
    return chosen[0].value if chosen else None
