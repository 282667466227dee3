"""Every sample of a load as a table for other programs, beside the report. Pure."""

import csv
import io
from collections.abc import Iterable

from gate.load_ports import LoadResult

SAMPLES_PATH = "latency/samples.csv"
_MOST = 200_000


def render_samples(rounds: Iterable[LoadResult]) -> str:
    """Write the samples, a line each, the first 200,000: times in seconds from the begin of the timed window.

    Format: https://www.rfc-editor.org/rfc/rfc4180; status 0 is that of no answer.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("measurement", "operation", "start", "seconds", "status"))
    left = _MOST
    for number, one in enumerate(rounds, 1):
        for samples in one.samples:
            columns = zip(samples.starts[:left], samples.seconds, samples.statuses, strict=False)
            table.writerows(
                (number, samples.operation, f"{start:.6f}", f"{seconds:.6f}", status)
                for start, seconds, status in columns
            )
            left -= len(samples.starts[:left])
    return text.getvalue()
