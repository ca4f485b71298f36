"""Words beside the icons of the toolbar, as many as there is room for; its buttons in the Tab order."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QToolBar, QToolButton

from osisnr_gui.text.catalogue import _

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

    def __init__(self, toolbar: QToolBar) -> None:
        super().__init__(toolbar)
        self._toolbar, self._on = toolbar, False
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

    def _fit(self) -> None:
        toolbar, style = self._toolbar, Qt.ToolButtonStyle
        if self._fitted_for == (toolbar.width(), toolbar.sizeHint().width(), self._on):
            return
        for button in self._buttons:
            button.setToolButtonStyle(style.ToolButtonTextBesideIcon if self._on else style.ToolButtonIconOnly)
        for button in reversed(self._buttons):
            if toolbar.sizeHint().width() <= toolbar.width():
                break
            button.setToolButtonStyle(style.ToolButtonIconOnly)
        self._fitted_for = toolbar.width(), toolbar.sizeHint().width(), self._on
