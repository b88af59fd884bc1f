"""`make bench`: print each figure beside its reference (`--json` for scripts, `--quick`)."""

import argparse
import asyncio
import json
import tempfile
from pathlib import Path

from tests.bench import match_time, throughput
from tests.servers import started

FULL, QUICK = 10_000, 2_000
ROUNDS = 3
POOLS, QUICK_POOLS = (10_000, 100_000), (2_000,)


async def run(*, quick: bool) -> dict[str, object]:
    """Measure everything on private servers."""
    with tempfile.TemporaryDirectory() as folder:
        async with started(Path(folder)) as servers:
            delivery = await throughput.measure(
                servers, QUICK if quick else FULL, 1 if quick else ROUNDS
            )
            matches = [
                await match_time.measure(servers, pool)
                for pool in (QUICK_POOLS if quick else POOLS)
            ]
    return {"delivery": delivery, "engagement_to_match": matches}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="fewer messages, smaller pools")
    asked = parser.parse_args()
    figures = asyncio.run(run(quick=asked.quick))
    print(json.dumps(figures, indent=None if asked.json else 2))


if __name__ == "__main__":
    main()
