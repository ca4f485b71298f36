"""Session -> Session: every channel of a file compared on its own, and back."""

from dataclasses import replace

from osisnr_gui.session.edits import set_files
from osisnr_gui.session.session import DOWNMIX, Session, Source

#: More at once can be told apart by nobody.
MOST_CHANNELS = 8


def like(one: Source, other: Source) -> bool:
    """Whether two sources are channels of one file, whatever is done to the samples of each."""
    first, second = ((x.path, x.key, x.transpose, x.pair_axis) for x in (one, other))
    return first == second


def compare_channels(session: Session, estimate: Source, count: int, reference_count: int) -> Session:
    """Each of the `count` channels of an estimate as one estimate more, in its place.

    Where the reference has as many channels (and no mean of them was chosen), each is compared with the same channel
    of the reference, else all with the reference as it is.
    """
    if estimate not in session.estimates:
        return session
    index = session.estimates.index(estimate)
    place = session.partner_of(index)
    channels = tuple(replace(estimate, channel=k) for k in range(1, count + 1))
    references, partners = session.references, (place,) * count
    if references and reference_count == count and references[place].channel != DOWNMIX:
        references, partners = _with_channels(references, place, count)
    pairs = list(zip(session.estimates, session.partners, strict=True))
    pairs[index : index + 1] = zip(channels, partners, strict=True)
    kept = [pair for i, pair in enumerate(pairs) if index <= i < index + count or pair[0] not in channels]
    return set_files(session, references, kept)


def _with_channels(
    references: tuple[Source, ...], place: int, count: int
) -> tuple[tuple[Source, ...], tuple[int, ...]]:
    """All channels of the reference at `place`, and where each of them stands: it stays, the others come last."""
    own = replace(references[place], channel=references[place].channel or 1)
    found = [*references[:place], own, *references[place + 1 :]]
    places = []
    for channel in (replace(own, channel=k) for k in range(1, count + 1)):
        there = (i for i, other in enumerate(found) if like(other, own) and other.channel == channel.channel)
        places.append(next(there, len(found)))
        if places[-1] == len(found):
            found.append(channel)
    return tuple(found), tuple(places)


def one_channel(session: Session, estimate: Source | None = None) -> Session:
    """Undo `compare_channels`, for one estimate or (None) for all: only the first channel of each file is left, as it
    was moved or scaled meanwhile.

    The reference's other channels go with the last estimate that is compared channel by channel.
    """
    pairs, seen = list[tuple[Source, int]](), list[Source]()
    for source, partner in zip(session.estimates, session.partners, strict=True):
        alike = [other for other in session.estimates if like(other, source)]
        if len(alike) < 2 or not (estimate is None or like(source, estimate)):
            pairs.append((source, partner))
        elif not any(like(other, source) for other in seen):
            seen.append(source)
            pairs.append((replace(source, channel=None), partner))
    left = [source for source, _ in pairs]
    if any(like(one, other) for i, one in enumerate(left) for other in left[:i]):
        return set_files(session, session.references, pairs)
    channels = [[other for other in session.references if like(one, other)] for one in session.references]
    wholes = [found[0] if len(found) == 1 else replace(found[0], channel=None) for found in channels]
    single = list(dict.fromkeys(wholes))
    return set_files(session, tuple(single), [(source, single.index(wholes[place])) for source, place in pairs])
