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

    async def addressee(self, participant: Participant, card: SealedCard) -> Addressee:
        sealed = SealedContact(
            participant_id=UUID(participant.id),
            nonce=card.nonce,
            ciphertext=card.ciphertext,
            key=card.key,
        )
        opened = await self._keyring.open(sealed)
        if opened is None:
            raise NotFoundError("the person's key is forgotten")
        return Addressee(
            address_as=opened.address_as,
            display_name=opened.display_name,
            email=_value(opened, Channel.EMAIL),
            mobile=_value(opened, Channel.SMS),
            address=tuple((_value(opened, Channel.LETTER) or "").splitlines()),
            has_phone=_value(opened, Channel.PHONE) is not None,
        )


def _value(card: ContactCard, channel: Channel) -> str | None:
    """Return the contact of a channel, the preferred one of several."""
    of_channel = [contact for contact in card.contacts if contact.channel is channel]
    chosen = sorted(of_channel, key=lambda contact: not contact.preferred)
    return chosen[0].value if chosen else None
