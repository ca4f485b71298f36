"""The style sheet of the whole program, built from the tokens of a theme."""

from __future__ import annotations

from string import Template

from osisnr_gui.qt.look.theme import Theme

# Only what Fusion draws too heavily is restyled: borders become one thin separator, paddings follow
# an 8-pixel rhythm. Checkboxes, spin boxes and combo boxes stay Fusion's own, tinted by the palette: a
# style sheet that touches their frame makes Qt draw their arrows in its oldest style.
_SHEET = Template(
    """
* { font-size: 13px; }
QToolTip { color: $text; background: $raised; border: 1px solid $separator; padding: 4px 6px; }

QMainWindow::separator { background: $separator; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent; }
QSplitter::handle { background: $separator; }
QSplitter::handle:hover { background: $accent; }

QMenuBar { background: $panel; border-bottom: 1px solid $separator; padding: 0 4px; }
QMenuBar::item { padding: 5px 8px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $raised; border: 1px solid $separator; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 20px; border-radius: 4px; }
QMenu::item:selected { background: $accent; color: $on_accent; }
QMenu::item:disabled { color: $faint; background: transparent; }
QMenu::separator { height: 1px; background: $separator; margin: 4px 8px; }

QToolBar { background: $panel; border: none; border-bottom: 1px solid $separator; spacing: 2px; padding: 3px 8px; }
QToolBar::separator { background: $separator; width: 1px; margin: 5px 6px; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 4px 6px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $raised; border-color: $accent; }
QToolButton:focus { border-color: $text; }
QToolButton:disabled { color: $faint; }
QToolButton::menu-indicator { image: none; }

QPushButton { background: $raised; border: 1px solid $separator; border-radius: 4px; padding: 5px 12px; }
QPushButton:hover { background: $hover; }
QPushButton:focus { border-color: $accent; }
QPushButton:default { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton:disabled { color: $faint; background: $panel; border-color: $separator; }

QLineEdit { background: $background; border: 1px solid $separator; border-radius: 4px; padding: 3px 6px;
    selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus { border-color: $accent; }
QLineEdit:disabled { color: $faint; background: $panel; }
QCheckBox::indicator:unchecked { background: $background; border: 1px solid $faint; width: 12px; height: 12px; }
QAbstractSpinBox, QComboBox { min-height: 24px; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit { border: none; padding: 0; background: transparent; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $separator; outline: none; }

QTableView, QTreeView, QListView {
    background: $background; alternate-background-color: $panel; border: none; gridline-color: $separator;
    selection-background-color: $selected; selection-color: $text; outline: none; }
QHeaderView { background: $panel; }
QHeaderView::section {
    background: $panel; color: $muted; border: none; border-bottom: 1px solid $separator; padding: 4px 8px;
    font-weight: normal; }
QTableCornerButton::section { background: $panel; border: none; }

QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }

QDockWidget { color: $muted; }
QDockWidget::title { background: $panel; padding: 6px 8px; text-align: left; border-bottom: 1px solid $separator; }

QTabWidget::pane { border: none; border-top: 1px solid $separator; }
QTabBar::tab { background: transparent; color: $muted; padding: 6px 12px; border: none;
    border-bottom: 2px solid transparent; }
QMainWindow > QTabBar::tab { padding: 6px 6px; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }

QStatusBar { background: $panel; color: $muted; border-top: 1px solid $separator; }
QStatusBar::item { border: none; }

QSlider::groove:horizontal { height: 4px; background: $hover; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::sub-page:horizontal:disabled { background: $hover; }
QSlider::handle:horizontal {
    width: 12px; height: 12px; margin: -5px 0; border-radius: 7px; background: $text; border: 1px solid $panel; }
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus { background: $accent; }
QSlider::handle:horizontal:disabled { background: $faint; }

QProgressBar { background: $hover; border: none; border-radius: 2px; max-height: 4px; text-align: center; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $scroll; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }

QLabel[role="muted"] { color: $muted; }
QLabel[role="heading"] { color: $muted; font-weight: 600; }
QLabel[role="error"] { color: $error; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="big"] { font-size: 22px; }
QFrame[role="separator"] { background: $separator; border: none; }
QFrame[role="banner"] { background: $raised; border: none; border-left: 3px solid $accent; }
QFrame[role="banner-warning"] { background: $raised; border: none; border-left: 3px solid $warning; }
QFrame[role="banner-error"] { background: $raised; border: none; border-left: 3px solid $error; }
"""
)


def build_style_sheet(theme: Theme) -> str:
    """The application's style sheet in the colours of ``theme``.

    Labels and frames choose a voice by a dynamic property: ``label.setProperty("role", "muted")``;
    the roles are ``muted``, ``heading``, ``error``, ``warning``, ``big`` for labels and ``separator``,
    ``banner``, ``banner-warning``, ``banner-error`` for frames.
    """
    return _SHEET.substitute(
        vars(theme),
        selected="#26374d" if theme.is_dark else "#d6e6f7",
        scroll="#3a404c" if theme.is_dark else "#c9cfd6",
    )
