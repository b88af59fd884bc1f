"""The key by which tests tell what people stay away from."""

import base64
from typing import Any

from shared.exclusions import ExclusionKey

OF_TESTS = b"exclusion-key-of-tests-32-bytes!"
KEY_TEXT = base64.b64encode(OF_TESTS).decode()
EXCLUSIONS = ExclusionKey(OF_TESTS)


def digests(**words: Any) -> tuple[str, ...]:
    """Return the digests of `partners` and `sites`."""
    return EXCLUSIONS.digests(**words)
