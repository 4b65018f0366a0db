"""What a rehearsal leaves: `report.json` with everything that was seen, and a page of it to read and pass on."""

from rehearsal.report.content import Report, report
from rehearsal.report.page import write

__all__ = ["Report", "report", "write"]
