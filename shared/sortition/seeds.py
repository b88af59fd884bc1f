"""Where a seed comes from that was settled before the pool was, and that nobody could choose.

A secret is made at random when an engagement is published. What a draw hangs on (`cause`) makes a
nonce of it; the hash of the nonce, the commitment, is told before the draw, and the nonce itself
with its record. So it can be seen that the seed was settled beforehand; the secret stays.
"""

from hashlib import sha256


def nonce_of(secret: str, cause: str) -> str:
    """Return what the seed of one draw is made of."""
    return _hash(f"{secret}\n{cause}")


def commitment_to(nonce: str) -> str:
    """Return what is told of a nonce before the draw: its SHA-256."""
    return _hash(nonce)


def seed_from(nonce: str) -> int:
    """Return the seed: of SHA-256 of nonce, line feed, `seed`, the first 8 hexadecimal digits."""
    return int(_hash(f"{nonce}\nseed")[:8], 16)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
