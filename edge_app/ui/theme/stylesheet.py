"""The style sheet of the application: colours, spacing and outlines on top of Qt's style Fusion."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from string import Template

from edge_app.ui.theme.tokens import FILM_GROUND, Density, Tokens


@dataclass(frozen=True, slots=True)
class Metrics:
    """Sizes in pixels.

    Attributes:
        control: Height of buttons, fields and menu rows; at least 44 for touch (WCAG 2.5.5).
        icon: Side of an icon.
        text: Font size of normal text.
        small: Font size of secondary text.
        handle: Side of a slider's handle.
        row: Height of a row of the worklist.
    """

    control: int
    icon: int
    text: int
    small: int
    handle: int
    row: int


def metrics(density: Density, text_scale: float) -> Metrics:
    """Returns the sizes for a density and a text scale (1.0 is 100 %)."""
    text = round(13 * text_scale)
    small = round(12 * text_scale)
    if density == "touch":
        return Metrics(max(44, round(38 * text_scale)), 24, text, small, 32, max(56, round(52 * text_scale)))
    return Metrics(max(30, round(26 * text_scale)), 20, text, small, 18, max(48, round(46 * text_scale)))


_SHEET = Template("""
* { font-size: ${text_px}px; }
QToolTip { background: $raised; color: $text; border: 1px solid $strong_border; padding: 4px 6px; }
QMainWindow, QDialog { background: $window; }
QMenuBar { background: $window; color: $text; padding: 2px 6px; }
QMenuBar::item { padding: 5px 10px; border-radius: 5px; }
QMenuBar::item:selected { background: $raised; }
QMenu { background: $panel; color: $text; border: 1px solid $border; padding: 6px; }
QMenu::item { padding: 4px 28px 4px 10px; border-radius: 5px; min-height: ${menu_item}px; }
QMenu::item:selected { background: $selection; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $border; margin: 5px 8px; }
QMenu::icon { padding-left: 10px; }
QMenu::icon:checked { background: $selection; border: 1px solid $accent; border-radius: 4px; }
QMenu::indicator { width: 16px; height: 16px; left: 10px; }
QMenu::indicator:checked { image: url("$icon_tick"); }

QStatusBar { background: $panel; color: $muted; border: none; }
QStatusBar::item { border: none; }
QStatusBar QLabel { font-size: ${small_px}px; }
#Panel, #Card { background: $panel; }
#Card { border: 1px solid $border; border-radius: 8px; }
#Ground { background: $film; }
#Line { background: $border; }
QLabel { background: transparent; }
QLabel#Ground { background: $film; }
QLabel[role="muted"] { color: $muted; font-size: ${small_px}px; }
QLabel[role="title"] { font-size: ${title_px}px; font-weight: 600; }
QLabel[role="heading"] { color: $muted; font-size: ${small_px}px; font-weight: 600; }
QLabel[role="big"] { font-size: ${big_px}px; font-weight: 600; }
QLabel[role="band"] { font-size: ${band_px}px; font-weight: 600; }
QLabel[role="mono"] { color: $muted; font-size: ${small_px}px; }
QLabel[role="warning"] { color: $refused; }
#Warning { background: $refused; border-radius: 6px; }
#Warning QLabel { color: $on_refused; font-weight: 600; }
#ResearchLine { background: $panel; border-top: 1px solid $border; min-height: ${line_px}px; }
#ResearchLine QLabel { color: $muted; font-size: ${small_px}px; }

QPushButton, QToolButton[role="plain"] {
  background: $raised; color: $text; border: 1px solid $strong_border; border-radius: 6px;
  min-height: ${control_inner}px; padding: 0 14px;
}
QPushButton:hover, QToolButton[role="plain"]:hover { border-color: $accent; }
QPushButton:pressed, QToolButton[role="plain"]:pressed { background: $selection; }
QPushButton:focus, QToolButton:focus, QCheckBox:focus, QRadioButton:focus, QSlider:focus {
  border: 2px solid $accent; border-radius: 6px;
}
QPushButton:focus { padding: 0 13px; min-height: ${control_focus}px; }
QPushButton:disabled { color: $muted; border-color: $border; }
QPushButton:default, QPushButton[role="primary"] {
  background: $accent; color: $on_accent; border-color: $accent; font-weight: 600;
}
QPushButton:default:focus, QPushButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="primary"]:disabled, QPushButton:default:disabled {
  background: $raised; color: $muted; border-color: $border;
}
QPushButton:checked { background: $selection; border-color: $accent; }

QToolButton {
  background: transparent; color: $text; border: 2px solid transparent; border-radius: 6px;
  padding: 4px; min-width: ${tool_inner}px; min-height: ${tool_inner}px;
}
QToolButton:hover { background: $raised; }
QToolButton:pressed, QToolButton:checked { background: $selection; }
QToolButton:focus { border: 2px solid $accent; }
QToolButton:disabled { color: $muted; }
QToolButton::menu-indicator { image: none; }
#BottomBar { background: $panel; border-top: 1px solid $border; }
#BottomBar QToolButton { min-height: 48px; min-width: 66px; padding: 1px 2px; font-size: ${small_px}px; }
#ViewerBar { background: $panel; border-bottom: 1px solid $border; }
#HeatStrip { background: $panel; border-top: 1px solid $border; }

QLineEdit, QPlainTextEdit, QTextBrowser, QSpinBox, QDoubleSpinBox, QComboBox, QListView, QTableView, QTreeView {
  background: $field; color: $text; border: 1px solid $strong_border; border-radius: 6px;
  selection-background-color: $selection; selection-color: $text;
}
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox { min-height: ${control_inner}px; padding: 0 8px; }
QPlainTextEdit, QTextBrowser { padding: 4px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextBrowser:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus,
QListView:focus, QTableView:focus { border: 1px solid $accent; }
QComboBox::drop-down { width: 26px; border: none; subcontrol-origin: padding; subcontrol-position: center right; }
QComboBox::down-arrow { image: url("$icon_down"); width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $border; padding: 4px; }
QComboBox QAbstractItemView::item { min-height: ${menu_row}px; padding: 0 6px; }
QSpinBox::up-button, QDoubleSpinBox::up-button,
QSpinBox::down-button, QDoubleSpinBox::down-button {
  width: 24px; border: none; background: transparent;
}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url("$icon_up"); width: 12px; height: 12px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url("$icon_down"); width: 12px; height: 12px; }
QTableView { gridline-color: $border; border: none; border-radius: 0; outline: 0; background: $panel; }
QTableView::item { border-bottom: 1px solid $border; padding: 2px 6px; }
QTableView::item:hover { background: $raised; }
QTableView::item:selected { background: $selection; color: $text; }
QHeaderView { background: $panel; }
QHeaderView::section {
  background: $panel; color: $muted; border: none; border-bottom: 1px solid $border;
  padding: 6px 8px; font-size: ${small_px}px; font-weight: 600;
}
QTabWidget::pane { border: none; }
QTabBar { background: $panel; }
QTabBar::tab {
  background: transparent; color: $muted; padding: ${tab_pad}px 14px;
  border: none; border-bottom: 2px solid transparent;
}
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:focus { color: $accent; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:vertical { background: transparent; width: ${bar}px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: ${bar}px; margin: 0; }
QScrollBar::handle {
  background: $strong_border; border-radius: ${bar_radius}px; min-height: 36px; min-width: 36px; margin: 2px;
}
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSlider { min-height: ${control_inner}px; border: 2px solid transparent; }
QSlider::groove:horizontal { height: 4px; background: $strong_border; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal {
  width: ${handle}px; height: ${handle}px; margin: -${handle_margin}px 0; border-radius: ${handle_radius}px;
  background: $text; border: 2px solid $panel;
}
QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled { background: $strong_border; }
QCheckBox, QRadioButton {
  spacing: 8px; min-height: ${control_inner}px; border: 2px solid transparent; background: transparent;
}
QCheckBox::indicator {
  width: 18px; height: 18px; border: 1px solid $strong_border; border-radius: 4px; background: $field;
}
QRadioButton::indicator {
  width: 16px; height: 16px; border: 1px solid $strong_border; border-radius: 9px; background: $field;
}
QRadioButton::indicator:checked {
  width: 8px; height: 8px; border: 5px solid $accent; border-radius: 9px; background: $on_accent;
}
QCheckBox::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$icon_check"); }
QCheckBox::indicator:disabled { background: $raised; }
QProgressBar { background: $raised; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:hover { background: $accent; }
QGroupBox { border: none; margin-top: 20px; font-weight: 600; }
QGroupBox::title { subcontrol-origin: margin; left: 0; color: $muted; }
""")


def stylesheet(tokens: Tokens, sizes: Metrics, icons: dict[str, str]) -> str:
    """Writes the style sheet.

    Args:
        tokens: Colours of the scheme.
        sizes: Sizes of the density.
        icons: Paths of the icons `down`, `up`, `check` and `tick`.
    """
    bar = 14 if sizes.control >= 44 else 11
    numbers = {
        "text_px": sizes.text,
        "line_px": sizes.small + 6,
        "small_px": sizes.small,
        "title_px": round(sizes.text * 1.32),
        "band_px": round(sizes.text * 1.38),
        "big_px": round(sizes.text * 2.5),
        "control_inner": sizes.control - 2,
        "control_focus": sizes.control - 4,
        "tool_inner": sizes.control - 12,
        "menu_item": sizes.control - 12 if sizes.control >= 44 else 20,
        "menu_row": sizes.control - 4,
        "tab_pad": (sizes.control - sizes.text - 4) // 2,
        "bar": bar,
        "bar_radius": (bar - 4) // 2,
        "handle": sizes.handle,
        "handle_margin": sizes.handle // 2,
        "handle_radius": (sizes.handle + 4) // 2,
    }
    words = {f"icon_{name}": path for name, path in icons.items()}
    return _SHEET.substitute(asdict(tokens) | numbers | words | {"film": FILM_GROUND})
