"""A comparison as one HTML file that needs nothing else: no network, no other file, no program.

The page's script and style are in `resources/report`. A content security policy allows these two, by their hashes, and
nothing from outside.
"""

import base64
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from osisnr_gui.export.report_audio import AudioChoice, ReportSounds
from osisnr_gui.export.report_data import Blobs, report_data
from osisnr_gui.io.errors import Cancel, display_name
from osisnr_gui.io.json_file import Json, plain_text
from osisnr_gui.paths import resource_path
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, analyse
from osisnr_gui.session.edits import set_formula
from osisnr_gui.session.session import Formula
from osisnr_gui.text.catalogue import english

SCRIPTS = ("data.js", "view.js", "plots.js", "player.js", "tables.js", "page.js")
#: A page larger than this is too much for most mail servers.
LARGE_BYTES = 20_000_000


def report_parts(
    numbers: Analysis, audio: AudioChoice, *, with_notes: bool = False, cancelled: Cancel | None = None
) -> Iterator[bytes]:
    """The page, piece by piece, in UTF-8. Raises LoadError and io's Cancelled.

    numbers : a complete analysis by the direct formula, as `osisnr score` makes it, with a reference that was accepted
    and perhaps a mixture that masks are heard on.
    """
    wanted = AnalysisOptions(pictures=False, delay=False)
    # MC-MSE as a function of alpha comes along; the exact result leads.
    analysis = analyse(set_formula(numbers.session, Formula.EXACT), numbers, wanted=wanted, cancelled=cancelled)
    notes = numbers.session.notes if with_notes else ()
    analysis = replace(analysis, notices=numbers.notices, session=replace(analysis.session, notes=notes))
    if not numbers.compares_mixture:
        numbers = replace(numbers, mixture=None)
    blobs, clips = Blobs(), list[Json]()
    with closing(ReportSounds(analysis, audio)) as sounds:
        with english():  # the page is
            data = report_data(analysis, numbers, sounds, blobs, cancelled)
        head, tail = _page().split("<!-- data -->")
        yield head.encode()
        for place, clip in enumerate(sounds.clips):
            found = {f"sound-{place}-{row}": s for row, s in enumerate(sounds.encode(clip, cancelled))}
            clips.append({"start": clip.start, "n_samples": len(clip), "sounds": list(found)})
            yield from map(_element, found.items())
    yield from map(_element, blobs.items())
    text = plain_text({**data, "clips": clips, "created": time.strftime("%Y-%m-%d %H:%M")})
    for path in (track.source.path for track in analysis.tracks):  # none leaves the machine, whatever says it
        if os.path.basename(path) != path:
            text = text.replace(plain_text(path)[1:-1], plain_text(display_name(path))[1:-1])
    # No text may end the element or begin another one.
    text = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    yield f'<script type="application/json" id="data">{text}</script>\n{tail}'.encode()


def _element(item: tuple[str, bytes]) -> bytes:
    """Bytes by their name, as an element that runs and shows nothing."""
    return b'<script type="text/plain" id="%s">%s</script>\n' % (item[0].encode(), base64.b64encode(item[1]))


def _page() -> str:
    """The page with its script, style and the digests that its policy lets pass, and a mark where the data goes."""
    style = _resource("report.css")
    script = _resource("frame.js").replace("/* parts */", "\n".join(map(_resource, SCRIPTS)))
    page = _resource("report.html").replace("{{script}}", _digest(script)).replace("{{style}}", _digest(style))
    return page.replace("/* style */", style).replace("/* script */", script)


def _resource(name: str) -> str:
    with open(resource_path("report", name), encoding="utf-8") as file:
        return file.read()


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
