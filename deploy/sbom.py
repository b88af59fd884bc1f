"""Writes the bill of materials of the images' Python packages; `--check` tells whether it drifted.

CycloneDX 1.5, as `uv` writes it from the lock file, without what is another one each time.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BILL = ROOT / "deploy" / "sbom.cdx.json"
UV = ROOT / ".tools" / "bin" / "uv"
EXPORT = (
    *("export", "--quiet", "--frozen", "--no-default-groups", "--format", "cyclonedx1.5"),
    *("--preview-features", "sbom-export"),
)


def current() -> str:
    """Return the bill as the lock file has it now."""
    told = subprocess.run((UV, *EXPORT), cwd=ROOT, capture_output=True, check=True)  # noqa: S603 - our own tool
    bill: dict[str, Any] = json.loads(told.stdout)
    del bill["serialNumber"], bill["metadata"]["timestamp"]
    return json.dumps(bill, indent=1, sort_keys=True) + "\n"


def main(arguments: list[str]) -> int:
    """Return the exit code: 1 when it drifted, 2 for a wrong argument."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python -m deploy.sbom [--check]\n")
        return 2
    wanted = current()
    if not arguments:
        BILL.write_text(wanted, encoding="utf-8")
    elif not BILL.exists() or BILL.read_text(encoding="utf-8") != wanted:
        sys.stderr.write(f"{BILL.relative_to(ROOT)} has drifted; run make sbom\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
