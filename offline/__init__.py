"""The program without an engine: record what it registers, check it, show it, render its Kubernetes half.

Needs no account, no credentials and no Pulumi CLI. It does not know what exists already, so it shows the whole stack
and never a difference.
"""

from offline.recorder import PROGRAM, record
from offline.recording import Recording, RecordingError, Resource, StackFileError
from offline.wire import SECRET, UNKNOWN

__all__ = [
    "PROGRAM",
    "SECRET",
    "UNKNOWN",
    "Recording",
    "RecordingError",
    "Resource",
    "StackFileError",
    "record",
]
