"""The share bar and the big number: any float may come."""

from __future__ import annotations

import math

import pytest

from osisnr_gui.qt.look.theme import DARK, LIGHT
from osisnr_gui.qt.panels.loss_panel import Headline, ShareBar, share_widths

NAN, INF = math.nan, math.inf
ODD = (0.0, -0.0, 0.2, -1.0, 1e300, -1e300, 1e-320, INF, -INF, NAN)


def test_shares_add_up():
    assert share_widths(0.2, 0.6) == pytest.approx((0.25, 0.75))
    assert share_widths(0.0, 3.0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("terms", "shares"),
    [
        ((INF, 1.0), (1.0, 0.0)),
        ((1.0, INF), (0.0, 1.0)),
        ((INF, INF), (0.5, 0.5)),
        ((-0.1, 1.0), None),
        ((-INF, 1.0), None),
        ((NAN, 1.0), None),
        ((0.0, 0.0), None),
        ((1e308, 1e308), None),
    ],
)
def test_what_cannot_be_a_share_is_not_drawn(terms: tuple[float, float], shares: tuple[float, float] | None):
    assert share_widths(*terms) == shares


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_any_pair_of_numbers_can_be_painted(shown, theme):
    bar = shown(ShareBar(theme), 256, 40)
    for first in ODD:
        for second in ODD:
            bar.show_terms(first, second)
            assert not bar.grab().isNull()


def test_the_bar_is_as_long_as_its_shares(shown):
    bar = shown(ShareBar(DARK), 200, 40)
    bar.show_terms(1.0, 3.0)
    image = bar.grab().toImage()
    scale = image.width() / 200
    assert image.pixelColor(int(20 * scale), int(3 * scale)).name() == DARK.loss_osi
    assert image.pixelColor(int(80 * scale), int(3 * scale)).name() == DARK.loss_mc
    assert "L_OSI 1.000" in bar.accessibleName()


def test_the_headline_says_which_number_it_is(shown):
    headline = shown(Headline(DARK), 256, 80)
    headline.show_number("0.602", "exact, 683 active frames, method 1")
    assert headline.text == "fused loss L = 0.602 (exact, 683 active frames, method 1)"
    assert headline.accessibleName() == headline.text
    assert "Lower is better" in headline.toolTip()


def test_a_longer_number_changes_no_size(shown):
    headline = shown(Headline(DARK), 256, 80)
    headline.show_number("0.602", "exact, 683 active frames, method 1")
    before = headline.size()
    headline.show_number("71056", "literal, all 822 frames, method 2", "because")
    assert headline.size() == before
    assert "because" in headline.toolTip()
