"""report.json as `publish` reads it: decoded, every field checked. Run as a script: `report_decoded.py FILE`."""

import sys
from pathlib import Path

from gate.cli import collect_rarely
from gate.domain.codec import decode_report

if __name__ == "__main__":
    collect_rarely()
    report = decode_report(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(report.verdict)
