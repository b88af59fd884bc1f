"""The setting of services that make or compare digests of what people stay away from."""

import base64

from shared.exclusions import ExclusionKey
from shared.settings import KeySecret, ServiceSettings


class ExclusionSettings(ServiceSettings):
    """`exclusion_key`: 32 bytes in base64, the same for intake, matching and scheduling.

    With another one than intake's, who stays away from anything is asked to nothing.
    """

    exclusion_key: KeySecret

    @property
    def exclusions(self) -> ExclusionKey:
        """The key, ready for use."""
        return ExclusionKey(base64.b64decode(self.exclusion_key.get_secret_value()))
