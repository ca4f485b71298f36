"""The kind of a frame in a word or two, for the status bar."""

from osisnr_gui.core.types import FrameStatus
from osisnr_gui.session.segments.bad_segments import BadFrames
from osisnr_gui.text.catalogue import _


def frame_kind(bad: BadFrames, index: int) -> str:
    """What frame `index` of a pair is; as the plots shade it, so quiet frames that do not count are never bad."""
    if bad.missed[index]:
        return _("missed")
    if bad.false_activity[index]:
        return _("false activity")
    if bad.low[index]:
        return _("bad")
    status = FrameStatus(int(bad.facts.status[index]))
    if status is FrameStatus.NONFINITE:
        return _("not a number")
    return _("active") if bad.facts.active[index] else _("silent")
