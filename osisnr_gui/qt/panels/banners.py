"""Slim banners above the plots, a line each: which files changed, what was adapted or looks wrong, with its remedies;
and what is going on."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import count

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QProgressBar, QPushButton, QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import Theme, Themed, tint
from osisnr_gui.qt.panels.layouts import Part, Run, column_of, push_button, row_of, tool_button
from osisnr_gui.qt.panels.plain_text import GAP, ElidedLabel, NarrowScroll, plain_label, set_text, tooltip
from osisnr_gui.session import words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.file_changes import FileChange
from osisnr_gui.session.notices.all_notices import Notice, gather
from osisnr_gui.session.session import Session, Source
from osisnr_gui.text.catalogue import _, ngettext, translated
from osisnr_gui.text.files import changes_sentence

FEW = 2
MOST_BUTTONS = 2
MOST_HEIGHT = 200
PROGRESS_DELAY_MS = 250
#: Notices with more to look at than a sentence: the label of the button that opens it, and what it opens.
ABOUT_DELAY = (_("Delay…"), _("The score at every delay; move the estimate by hand (Ctrl+D)"))
DETAILS = {
    "assignment": (_("Matrix…"), _("Every estimate against every reference, and an order of your own")),
    "delay": ABOUT_DELAY,
    "aligned": ABOUT_DELAY,
}
REMEDY_TIP = _("Changes what is compared, never a file; Undo (Ctrl+Z) takes it back")

NoticeKey = tuple[str, Source | None, str]


def notice_key(notice: Notice) -> NoticeKey:
    """What makes a notice the same one as before."""
    return notice.code, notice.source, notice.message


def in_order(notices: tuple[Notice, ...]) -> list[Notice]:
    """One of each, warnings first; among equals the first of every kind comes before the second of any."""
    unique = {notice_key(notice): notice for notice in notices}
    place: defaultdict[str, Iterator[int]] = defaultdict(count)  # of the next one of a kind
    return sorted(unique.values(), key=lambda notice: (notice.severity != "warning", next(place[notice.code])))


def letter_names(analysis: Analysis) -> dict[str, str]:
    """Letters by name of the estimates; none for a name that several files share."""
    names = Counter(track.name for track in (*analysis.references, *(pair.estimate for pair in analysis.pairs)))
    pairs = enumerate(analysis.pairs)
    return {pair.estimate.name: words.estimate_letter(place) for place, pair in pairs if names[pair.estimate.name] == 1}


def short_form(message: str, letters: Mapping[str, str]) -> str:
    """A notice in a few words: estimates by their letters, nothing in brackets, nothing after the first clause."""
    lines = translated(message, letters).split("\n")
    lines = [re.split(r"; |(?<=\?) ", re.sub(r" \([^()]*\)", "", line))[0] for line in lines]
    parts = [line.partition(": ") for line in lines]
    if len({said for _name, _colon, said in parts}) == 1:
        return ", ".join(name for name, _colon, _said in parts) + "".join(parts[0][1:])
    return " · ".join(lines)


SLIM = "QAbstractButton { padding: 2px 8px; }"
BANNER_MARGINS = (10, 2, 4, 2)


class SlimBanner(Themed, QFrame):
    """Sign, text, buttons, and one to hide it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._sign = QLabel(self)

    def show_sign(self, warns: bool) -> None:
        """The sign of a warning, or of a piece of information."""
        tint(self._sign, "warning" if warns else "info", self._theme, "warning" if warns else "accent")

    def fill(self, text: QWidget, *buttons: QPushButton, hide_tip: str, hide: Run) -> None:
        """The text, and buttons beside it, the one that hides the banner last."""
        self.close_button = tool_button("", hide_tip, hide, parent=self, accessibleName=_("Hide"))
        self.close_button.setIconSize(QSize(14, 14))
        tint(self.close_button, "close", self._theme, "muted")
        for button in (*buttons, self.close_button):
            button.setStyleSheet(SLIM)
        parts: tuple[Part, ...] = (self._sign, (text, 1), *buttons, self.close_button)
        row_of(*parts, owner=self, margins=BANNER_MARGINS, spacing=GAP)


class ChangeBanner(SlimBanner):
    """Hidden while all files are as they were read."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setProperty("role", "banner")
        self.text = plain_label("", wrap=True, selectable=True, parent=self)
        self._changes: tuple[FileChange, ...] = ()
        self._hidden: frozenset[FileChange] = frozenset()
        once = _("Read what changed again; the view stays, and the old curve as a faint line")
        ever = _("Reload now, and from now on whenever a file has changed (Sources: Reload changed files by itself)")
        self.reload = push_button(_("Reload"), once, parent=self)
        self.always = push_button(_("Reload always"), ever, parent=self)
        self.fill(self.text, self.reload, self.always, hide_tip=_("Hide until a file changes again"), hide=self._hide)
        self.hide()

    def show_changes(self, changes: tuple[FileChange, ...]) -> None:
        """Show these; nothing is done when they are on screen already, or were hidden."""
        self._changes = changes
        shown = tuple(change for change in changes if change not in self._hidden)
        self.setVisible(bool(shown))
        if not shown:
            return
        sentence = changes_sentence(shown)
        set_text(self.text, sentence)
        self.text.setToolTip(tooltip("\n".join(f"{change.path} {change.words}" for change in shown)))
        self.setAccessibleName(sentence)
        for button in (self.reload, self.always):
            button.setVisible(any(change.can_be_read for change in shown))
        self.show_sign(not all(change.can_be_read for change in changes))

    def _hide(self) -> None:
        self._hidden = frozenset(self._changes)
        self.show_changes(self._changes)


class Banner(SlimBanner):
    """One notice: icon, text, a way to its place in time, remedies, close.

    `notice` may become the same one of a later analysis: same words, perhaps other figures in its remedies.
    short : what stands in its one line; none: the whole sentence is shown, on as many lines as it needs.
    """

    def __init__(self, notice: Notice, theme: Theme, stack: "Banners", short: str = "") -> None:
        super().__init__(theme)
        self.notice, self._stack = notice, stack
        warning = notice.severity == "warning"
        self.setProperty("role", "banner-warning" if warning else "banner")
        message = translated(notice.message)
        name = _("warning: {message}") if warning else _("note: {message}")
        self.setAccessibleName(name.format(message=message))
        self.text: QLabel | ElidedLabel
        if short:
            self.text = ElidedLabel(parent=self)
            self.text.set_text(short, tip=message)
        else:
            self.text = plain_label(message, wrap=True, selectable=True, parent=self)
        self.show_sign(warning)
        self.buttons = self._remedy_buttons()
        about = []
        if notice.code in DETAILS:
            about.append(push_button(*DETAILS[notice.code], parent=self))
            about[0].clicked.connect(lambda: stack.details_requested.emit(self.notice))
        if notice.place is not None:
            tip = _("Select it and zoom there; Backspace zooms back. Clipped places are marked along the top")
            about.append(push_button(_("Show"), tip, self._go, parent=self))
        hide = partial(stack.hide_notice, notice_key(notice))
        self.fill(self.text, *about, *self.buttons, hide_tip=_("Hide until something about it changes"), hide=hide)

    def _remedy_buttons(self) -> list[QPushButton]:
        labels = [translated(remedy.label).replace("&", "&&") for remedy in self.notice.remedies]
        choices = [(label, partial(self._ask, k)) for k, label in enumerate(labels)]
        if len(choices) <= MOST_BUTTONS:
            return [push_button(label, REMEDY_TIP, ask, parent=self) for label, ask in choices]
        button = push_button(_("Choose…"), REMEDY_TIP, parent=self)
        menu = QMenu(button)
        for label, ask in choices:
            menu.addAction(label, ask)
        button.setMenu(menu)
        return [button]

    def _ask(self, index: int) -> None:
        self._stack.edit_requested.emit(self.notice.remedies[index].edit, "")

    def _go(self) -> None:
        if self.notice.place is not None:
            self._stack.place_requested.emit(*self.notice.place)


class ProgressBanner(QFrame):
    """What is going on, how far it is, and a way to stop it."""

    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self.label = ElidedLabel("", muted=True, parent=self)
        self.label.setFixedWidth(190)
        self.bar = QProgressBar(self, minimum=0, maximum=1000, textVisible=False)
        tip = _("Stop; what is there stays on screen (Esc)")
        self.cancel = push_button(_("Cancel"), tip, self.cancel_requested.emit, parent=self)
        self.cancel.setStyleSheet(SLIM)
        row_of(self.label, (self.bar, 1), self.cancel, owner=self, margins=BANNER_MARGINS, spacing=GAP)
        # Most work is done before one could read a word: a bar that flashes by only makes the plots jump.
        self._delay = QTimer(self, singleShot=True)
        self._delay.timeout.connect(self.show)
        self.hide()

    def set_progress(self, fraction: float | None, doing: str = "") -> None:
        """How far it is (0 to 1); None when nothing is going on."""
        if fraction is None:
            self._delay.stop()
            self.hide()
            return
        share = min(max(fraction, 0.0), 1.0)
        # A progress bar paints at once, and with it everything else in the window that waits to be painted.
        self.bar.setUpdatesEnabled(False)
        self.bar.setValue(round(1000 * share))
        self.bar.setUpdatesEnabled(True)
        self.label.set_text(f"{doing} {words.percent(share)}")
        self.bar.setAccessibleName(self.label.text())
        if not self.isVisible() and not self._delay.isActive():
            self._delay.start(PROGRESS_DELAY_MS)


class Banners(Themed, QWidget):
    """The stack: progress, and notices; where they are many the first one, and a button that unfolds all of them."""

    edit_requested = Signal(object, str)
    details_requested = Signal(object)  # Notice
    place_requested = Signal(float, float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._analysis = Analysis(Session())
        self._keys: list[tuple[NoticeKey, list[str]]] = []
        self._hidden: set[NoticeKey] = set()
        self._expanded = False
        self.banners: list[Banner] = []
        self.progress = ProgressBanner(self)
        self.changes = ChangeBanner(theme, self)
        body = QWidget()
        self.more = tool_button(run=self._toggle)
        self.more.setStyleSheet(SLIM)
        self._stack = column_of(owner=body, spacing=1)
        body.installEventFilter(self)
        self.scroller = NarrowScroll(body, self)
        notices = row_of(self.more, (self.scroller, 1))
        notices.setAlignment(self.more, Qt.AlignmentFlag.AlignTop)
        column_of(self.progress, self.changes, notices, owner=self, spacing=1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._rebuild([])

    def show_analysis(self, analysis: Analysis, _selected: int = 0) -> None:
        """Show the notices of an analysis."""
        self._analysis = analysis
        if analysis.complete:
            # Only a finished run can tell that a notice is gone for good.
            self._hidden &= set(map(notice_key, analysis.notices))
        self._show_notices()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A banner came, went, wraps differently or got another font after it was measured: measure again."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize) and watched is self.scroller.widget():
            self._fit()
        return super().eventFilter(watched, event)

    def _show_notices(self) -> None:
        noticed = in_order(gather(self._analysis.notices))
        wanted = [notice for notice in noticed if notice_key(notice) not in self._hidden]
        keys = [(notice_key(notice), [remedy.label for remedy in notice.remedies]) for notice in wanted]
        if keys != self._keys:
            self._keys = keys
            self._rebuild(wanted)
        for banner, notice in zip(self.banners, wanted, strict=False):
            banner.notice = notice

    def _rebuild(self, wanted: list[Notice]) -> None:
        for banner in self.banners:
            self._stack.removeWidget(banner)
            banner.hide()
            banner.deleteLater()  # later: the click that closes a banner comes from inside it
        folds, letters = len(wanted) > FEW, letter_names(self._analysis)
        self.banners = []
        for notice in wanted[:1] if folds and not self._expanded else wanted:
            short = "" if folds and self._expanded else short_form(notice.message, letters)
            banner = Banner(notice, self._theme, self, short)
            self._stack.addWidget(banner)
            # Qt would show it in a later turn of the event loop, and a layout counts what is hidden as nothing.
            banner.show()
            self.banners.append(banner)
        noticed = ngettext("{n} thing noticed", "{n} things noticed", len(wanted)).format(n=len(wanted))
        self.more.setText(f"{noticed} {'▴' if self._expanded else '▾'}")
        self.more.setToolTip(tooltip(_("Show only the first notice") if self._expanded else _("Show all notices")))
        self.more.setVisible(folds)
        self._fit()

    def _fit(self) -> None:
        """As tall as the notices are, up to a limit from which on they scroll."""
        height, beside = 0, self.more.sizeHint().width() if self.more.isVisibleTo(self) else 0
        if self.banners:
            self._stack.activate()
            height = self._stack.heightForWidth(max(1, self.width() - beside))
            height = height if height >= 0 else self._stack.sizeHint().height()
        self.scroller.setFixedHeight(min(height, MOST_HEIGHT))
        self.scroller.setVisible(bool(self.banners))

    def hide_notice(self, key: NoticeKey) -> None:
        """Leave a notice out until something about it changes."""
        self._hidden.add(key)
        self._show_notices()

    def _toggle(self) -> None:
        self._expanded = not self._expanded
        self._keys = []
        self._show_notices()
