from collections.abc import Callable

import pytest

from osisnr_gui.io.errors import LoadError, Reason
from osisnr_gui.io.files import OpenFile
from osisnr_gui.io.headers import Header, RawLayout, check_channels_and_rate, set_sample_counts


def test_limits_of_channels_and_rate(save_bytes: Callable[[str, bytes], str]) -> None:
    with OpenFile(save_bytes("a", b"x")) as source:
        for channels, rate in ((1, 1000), (64, 768_000)):
            check_channels_and_rate(source, channels, rate)
        for channels, rate, reason in (
            (0, 8000, Reason.BAD_CHANNELS), (65, 8000, Reason.BAD_CHANNELS), (-1, 8000, Reason.BAD_CHANNELS),
            (1, 999.9, Reason.BAD_RATE), (1, 768_001, Reason.BAD_RATE), (1, float("nan"), Reason.BAD_RATE),
            (1, float("inf"), Reason.BAD_RATE),
        ):  # fmt: skip
            with pytest.raises(LoadError) as caught:
                check_channels_and_rate(source, channels, rate)
            assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("claimed", "available", "counts"), [(100, 100, (25, 25)), (100, 43, (25, 10)), (40, 99, (10, 10))]
)
def test_claims_are_held_against_bytes(claimed: int, available: int, counts: tuple[int, int]) -> None:
    header, plain = Header("WAV", "PCM_16"), RawLayout(44, 8000, 2, False)
    set_sample_counts(header, plain, claimed, available)
    assert (header.promised, header.present) == counts
    assert header.exact
    assert header.plain is plain


def test_missing_packets_are_told_in_bytes() -> None:
    header, plain = Header("CAF", "ALAC_16"), RawLayout(44, 8000, 2, False)
    set_sample_counts(header, plain, 100, 100)
    assert header.warnings == []
    set_sample_counts(header, plain, 100, 60)
    assert "40 of 100 bytes" in header.warnings[0].message
    assert (header.patches, header.prefix, header.start, header.end) == ({}, b"", 0, None)
    assert header.plain is None
