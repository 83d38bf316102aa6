"""The second barrier: open a file down to its last wrapping, and look for what should never leave.

One scanner reads everything: a page before it is published, and any file that a coach is about to send.
"""

from angle_mort.publishing.scanning.findings import Finding, scan, scan_file
from angle_mort.publishing.scanning.known import Known

__all__ = ["Finding", "Known", "scan", "scan_file"]
