"""The QActions of a window, in its menus and its toolbar, made from the table of actions."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QMainWindow, QMenu, QToolBar, QToolButton

from osisnr_gui.qt.commands.action_table import ACTIONS, MENUS, Action
from osisnr_gui.qt.focus import finish_typing
from osisnr_gui.qt.settings import Settings
from osisnr_gui.qt.view_bar import ViewBar
from osisnr_gui.text.catalogue import _

if TYPE_CHECKING:
    from osisnr_gui.qt.commands.commands import Commands


class Entry(NamedTuple):
    """Text, whether it is checked, what it does (None for one that only says something), and its tooltip."""

    text: str
    checked: bool
    run: Callable[[], object] | None
    tip: str = ""


class Actions:
    """The QActions by id. commands : what the rows of the table work on."""

    def __init__(self, window: QMainWindow, commands: "Commands") -> None:
        self._window, self._commands = window, commands
        self._menus: dict[str, QMenu] = {}
        self._groups: dict[str, QActionGroup] = {}
        self.by_id: dict[str, QAction] = {}
        for path in MENUS:
            if "/" not in path:
                self.menu(path)
        for spec in ACTIONS:
            if spec.section:
                self.menu(spec.menu if spec.menu in self._menus else spec.menu.rpartition("/")[0]).addSeparator()
            self.by_id[spec.id] = action = self._action(spec)
            self.menu(spec.menu).addAction(action)

    def menu(self, path: str) -> QMenu:
        """The menu of a path such as "file/export"."""
        if path not in self._menus:
            parent = path.rpartition("/")[0]
            owner = self.menu(parent) if parent else self._window.menuBar()
            self._menus[path] = owner.addMenu(MENUS[path] if parent else f"&{MENUS[path]}")
        return self._menus[path]

    def keep_filled(self, path: str, entries: Callable[[], Iterable[Entry]], *, checks: bool = True) -> None:
        """Make entries anew whenever a menu is shown, after those it has from the table. checks : they are choices."""
        menu, made = self.menu(path), list[QAction]()
        menu.setToolTipsVisible(True)

        def fill() -> None:
            while made:
                menu.removeAction(made[-1])
                made.pop().deleteLater()
            for text, checked, run, tip in entries():
                runs, words = run is not None, text.replace("&", "&&")
                action = QAction(words, menu, toolTip=tip, checkable=runs and checks, checked=checked, enabled=runs)
                if run is not None:
                    action.triggered.connect(lambda _on=False, run=run: run())
                made.append(action)
            menu.addActions(made)

        menu.aboutToShow.connect(fill)

    def fill_toolbar(self, toolbar: QToolBar) -> None:
        """Add the buttons, with a gap where the menu changes."""
        last = ""
        for spec in ACTIONS:
            if spec.toolbar:
                if last and spec.menu.partition("/")[0] != last:
                    toolbar.addSeparator()
                toolbar.addAction(self.by_id[spec.id])
                last = spec.menu.partition("/")[0]

    def update(self, *_: object) -> None:
        """Enable and check all of them as things are now, without running any."""
        for spec in ACTIONS:
            action = self.by_id[spec.id]
            if spec.enabled is not None:
                action.setEnabled(spec.enabled(self._commands))
            if spec.checked is not None:
                action.setChecked(spec.checked(self._commands))

    def restore(self, settings: Settings | None) -> None:
        """Switches and choices as they were left; None: as at the first start."""
        for spec in ACTIONS:
            if not spec.remembered:
                continue
            if spec.switch is not None:
                on = spec.default if settings is None else settings.flag(spec.remembered, spec.default)
                self.by_id[spec.id].setChecked(on)
                spec.switch(self._commands, on)
            elif spec.run is not None and settings is not None:
                choices = tuple(other.choice for other in ACTIONS if other.group == spec.group)
                chosen = settings.text(spec.remembered, "", choices)
                if chosen == spec.choice or (spec.default and not chosen):
                    spec.run(self._commands)

    def remember(self, settings: Settings) -> None:
        """Keep them for the next start."""
        for spec in ACTIONS:
            on = self.by_id[spec.id].isChecked()
            if spec.remembered and spec.switch is not None:
                settings.put(spec.remembered, on)
            elif spec.remembered and on:
                settings.put(spec.remembered, spec.choice)

    def _action(self, spec: Action) -> QAction:
        checkable = spec.switch is not None or spec.checked is not None
        action = QAction(spec.text, self._window, checkable=checkable, statusTip=spec.tip, toolTip=spec.tip)
        action.setObjectName(spec.id)
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        if spec.keys:
            keys = QKeySequence(spec.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(_("{tip} ({keys})").format(tip=spec.tip, keys=keys))
        if spec.group:
            self._groups.setdefault(spec.group, QActionGroup(self._window)).addAction(action)
        action.triggered.connect(partial(self._run, spec))
        return action

    def _run(self, spec: Action) -> None:
        field = self._window.focusWidget()
        if isinstance(field, QAbstractSpinBox) and field.lineEdit().isModified():
            finish_typing(field)  # a button of the toolbar takes no focus
        if spec.switch is not None:
            spec.switch(self._commands, self.by_id[spec.id].isChecked())
        elif spec.run is not None:
            spec.run(self._commands)
        self.update()
        self._commands.follow_readout()  # a row that comes or goes has a number there


#: By object name; the first keep their word longest. Buttons that are not named are icons only.
WORDS = {
    "open": _("Open"),
    "add": _("Add"),
    "next_bad": _("Next bad"),
    "button_demo": _("Demos"),
    "button_export": _("Export"),
    "swap": _("Swap"),
    "align": _("Align"),
    "fit": _("Fit"),
}


class ToolbarWords(QObject):
    """Gives the buttons of a toolbar their words, and takes them away from the last ones where room is short."""

    def __init__(self, toolbar: QToolBar, view_bar: ViewBar) -> None:
        super().__init__(toolbar)
        self._toolbar, self._view_bar, self._on = toolbar, view_bar, False
        self._fitted_for: tuple[object, ...] = ()
        names = {}
        for action in toolbar.actions():
            button = toolbar.widgetForAction(action)
            if isinstance(button, QToolButton):
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                name = names[button] = action.objectName() or button.objectName()
                # The text of an action, if it has one, follows the action.
                (action.setIconText if action.objectName() else button.setText)(WORDS.get(name, ""))
        self._buttons = [button for name in WORDS for button in names if names[button] == name]
        toolbar.installEventFilter(self)

    def set_on(self, on: bool) -> None:
        """Show words, or icons alone."""
        self._on = on
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Another width, or other controls on the toolbar: other words."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._fit()
        return super().eventFilter(watched, event)

    def _hint(self) -> int:
        """The width it needs now: not every control tells the layout of another one. Asks for another layout."""
        if (layout := self._toolbar.layout()) is not None:
            layout.invalidate()
        return self._toolbar.sizeHint().width()

    def _fit(self) -> None:
        width, style = self._toolbar.width(), Qt.ToolButtonStyle
        if self._fitted_for == (width, self._toolbar.sizeHint().width(), self._on):
            return
        self._view_bar.set_narrow(False)
        for button in self._buttons:
            button.setToolButtonStyle(style.ToolButtonTextBesideIcon if self._on else style.ToolButtonIconOnly)
        for button in reversed(self._buttons):
            if self._hint() <= width:
                break
            button.setToolButtonStyle(style.ToolButtonIconOnly)
        self._view_bar.set_narrow(self._hint() > width)
        self._fitted_for = width, self._hint(), self._on
