"""The table of all commands: menus, tool bars and the page of shortcuts are built from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from edge_app.ui.theme import theme


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # lupdate searches for this name
    """Marks `text` for lupdate and returns it. The function of PySide6 is declared to return `object`."""
    del context
    return text


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """A row of the table.

    Attributes:
        key: Name of the action in the code.
        text: Text in menus, marked for translation.
        icon: Name of a file in `assets/icons`; empty for no icon.
        shortcuts: Key sequences as `QKeySequence` reads them; menus show the first.
        checkable: Whether the action is a switch.
    """

    key: str
    text: str
    icon: str = ""
    shortcuts: tuple[str, ...] = ()
    checkable: bool = False


FILE: tuple[ActionSpec, ...] = (
    ActionSpec("open", QT_TRANSLATE_NOOP("Actions", "Open films..."), "open", ("Ctrl+O",)),
    ActionSpec("open_folder", QT_TRANSLATE_NOOP("Actions", "Open folder..."), "folder", ("Ctrl+Shift+O",)),
    ActionSpec("paste", QT_TRANSLATE_NOOP("Actions", "Paste film"), "paste", ("Ctrl+V",)),
    ActionSpec("camera", QT_TRANSLATE_NOOP("Actions", "Photograph a film..."), "camera", ("Ctrl+K",)),
    ActionSpec("sample", QT_TRANSLATE_NOOP("Actions", "Open a sample film"), "sample"),
    ActionSpec("report", QT_TRANSLATE_NOOP("Actions", "Report (PDF)..."), "report", ("Ctrl+P",)),
    ActionSpec("save_view", QT_TRANSLATE_NOOP("Actions", "Save view as picture..."), "image", ("Ctrl+Shift+S",)),
    ActionSpec("save_csv", QT_TRANSLATE_NOOP("Actions", "Save list as CSV..."), "table", ("Ctrl+E",)),
    ActionSpec("history", QT_TRANSLATE_NOOP("Actions", "History..."), "history", ("Ctrl+H",)),
    ActionSpec("settings", QT_TRANSLATE_NOOP("Actions", "Settings..."), "settings", ("Ctrl+,",)),
    ActionSpec("quit", QT_TRANSLATE_NOOP("Actions", "Quit"), "", ("Ctrl+Q",)),
)
EDIT: tuple[ActionSpec, ...] = (
    ActionSpec("undo", QT_TRANSLATE_NOOP("Actions", "Undo view change"), "undo", ("Ctrl+Z",)),
    ActionSpec("redo", QT_TRANSLATE_NOOP("Actions", "Redo view change"), "redo", ("Ctrl+Y", "Ctrl+Shift+Z")),
)
VIEW: tuple[ActionSpec, ...] = (
    ActionSpec("fit", QT_TRANSLATE_NOOP("Actions", "Fit film"), "fit", ("F", "Ctrl+0")),
    ActionSpec("actual", QT_TRANSLATE_NOOP("Actions", "Actual pixels"), "actual", ("Z",)),
    ActionSpec("zoom_in", QT_TRANSLATE_NOOP("Actions", "Zoom in"), "zoom-in", ("+", "Ctrl++", "=")),
    ActionSpec("zoom_out", QT_TRANSLATE_NOOP("Actions", "Zoom out"), "zoom-out", ("-", "Ctrl+-")),
    ActionSpec("window_tool", QT_TRANSLATE_NOOP("Actions", "Window/level by dragging"), "window", ("W",), True),
    ActionSpec("preset_full", QT_TRANSLATE_NOOP("Actions", "Window: full range"), "", ("1",)),
    ActionSpec("preset_auto", QT_TRANSLATE_NOOP("Actions", "Window: automatic"), "", ("2",)),
    ActionSpec("preset_lung", QT_TRANSLATE_NOOP("Actions", "Window: lungs"), "", ("3",)),
    ActionSpec("preset_dense", QT_TRANSLATE_NOOP("Actions", "Window: bones and mediastinum"), "", ("4",)),
    ActionSpec("invert", QT_TRANSLATE_NOOP("Actions", "Invert"), "invert", ("I",), True),
    ActionSpec("rotate_right", QT_TRANSLATE_NOOP("Actions", "Turn right"), "rotate-right", ("R",)),
    ActionSpec("rotate_left", QT_TRANSLATE_NOOP("Actions", "Turn left"), "rotate-left", ("L",)),
    ActionSpec("mirror", QT_TRANSLATE_NOOP("Actions", "Mirror"), "mirror", ("V",)),
    ActionSpec("ruler", QT_TRANSLATE_NOOP("Actions", "Measure a distance"), "ruler", ("D",), True),
    ActionSpec("reset_view", QT_TRANSLATE_NOOP("Actions", "Reset view"), "reset", ("Backspace",)),
    ActionSpec("heat", QT_TRANSLATE_NOOP("Actions", "Heat map"), "heat", ("H",), True),
    ActionSpec("heat_less", QT_TRANSLATE_NOOP("Actions", "Heat map fainter"), "", ("[",)),
    ActionSpec("heat_more", QT_TRANSLATE_NOOP("Actions", "Heat map stronger"), "", ("]",)),
    ActionSpec("compare", QT_TRANSLATE_NOOP("Actions", "Side by side"), "compare", ("S",), True),
    ActionSpec("keras", QT_TRANSLATE_NOOP("Actions", "Heat map from the Keras model"), "", ("K",), True),
    ActionSpec("show_list", QT_TRANSLATE_NOOP("Actions", "Show the list"), "list", ("F9",), True),
    ActionSpec("full_screen", QT_TRANSLATE_NOOP("Actions", "Full screen"), "fullscreen", ("F11",), True),
)
LIST: tuple[ActionSpec, ...] = (
    ActionSpec("previous", QT_TRANSLATE_NOOP("Actions", "Previous film"), "previous", ("PgUp", "Alt+Left")),
    ActionSpec("next", QT_TRANSLATE_NOOP("Actions", "Next film"), "next", ("PgDown", "Alt+Right")),
    ActionSpec("cancel", QT_TRANSLATE_NOOP("Actions", "Cancel waiting films"), "stop", ("Esc",)),
    ActionSpec("analyse_again", QT_TRANSLATE_NOOP("Actions", "Analyse again"), "reset", ("F5",)),
    ActionSpec("remove", QT_TRANSLATE_NOOP("Actions", "Remove from list"), "close", ("Delete",)),
    ActionSpec("restore", QT_TRANSLATE_NOOP("Actions", "Put back what was removed"), "undo", ("Ctrl+Shift+T",)),
    ActionSpec("clear", QT_TRANSLATE_NOOP("Actions", "Empty the list"), "trash", ("Ctrl+Shift+Delete",)),
)
HELP: tuple[ActionSpec, ...] = (
    ActionSpec("shortcuts", QT_TRANSLATE_NOOP("Actions", "Keyboard and mouse..."), "keyboard", ("F1", "?")),
    ActionSpec("film_info", QT_TRANSLATE_NOOP("Actions", "About this film..."), "image", ("Ctrl+Shift+I",)),
    ActionSpec("model", QT_TRANSLATE_NOOP("Actions", "About the model..."), "model", ("Ctrl+I",)),
    ActionSpec("intended_use", QT_TRANSLATE_NOOP("Actions", "Intended use..."), "info"),
    ActionSpec("about", QT_TRANSLATE_NOOP("Actions", "About Pneumoscope..."), "help"),
)
GROUPS: tuple[tuple[str, tuple[ActionSpec, ...]], ...] = (
    (QT_TRANSLATE_NOOP("Actions", "File"), FILE),
    (QT_TRANSLATE_NOOP("Actions", "Edit"), EDIT),
    (QT_TRANSLATE_NOOP("Actions", "View"), VIEW),
    (QT_TRANSLATE_NOOP("Actions", "List"), LIST),
    (QT_TRANSLATE_NOOP("Actions", "Help"), HELP),
)

TIPS = {
    "fit": QT_TRANSLATE_NOOP("Actions", "Show the whole film"),
    "actual": QT_TRANSLATE_NOOP("Actions", "One film pixel per screen pixel"),
    "window_tool": QT_TRANSLATE_NOOP(
        "Actions", "Drag: right for a wider window, down for darker. The right button always does it."
    ),
    "invert": QT_TRANSLATE_NOOP("Actions", "Exchange black and white on the screen"),
    "ruler": QT_TRANSLATE_NOOP(
        "Actions", "Drag from one point to another: millimetres where the file states them, else pixels"
    ),
    "heat": QT_TRANSLATE_NOOP("Actions", "Show where the model looked"),
    "compare": QT_TRANSLATE_NOOP("Actions", "The bare film beside the heat map"),
    "keras": QT_TRANSLATE_NOOP("Actions", "Compute the map with TensorFlow, and say how well the two agree"),
}
"""Texts of tooltip and status bar, where they say more than the menu."""

_DRAGGED_WINDOW = QT_TRANSLATE_NOOP("Actions", "Window/level: right is wider, down is darker")
_MOVED = QT_TRANSLATE_NOOP("Actions", "Move the film")
HELD = {
    QT_TRANSLATE_NOOP("Actions", "Arrow keys"): _MOVED,
    QT_TRANSLATE_NOOP("Actions", "Shift and arrow keys"): _DRAGGED_WINDOW,
    "M": QT_TRANSLATE_NOOP("Actions", "Magnifying glass, while held"),
    "B": QT_TRANSLATE_NOOP("Actions", "Bare film without the heat map, while held"),
}
MOUSE = {
    QT_TRANSLATE_NOOP("Actions", "Wheel, pinch"): QT_TRANSLATE_NOOP("Actions", "Zoom at the pointer"),
    QT_TRANSLATE_NOOP("Actions", "Drag"): _MOVED,
    QT_TRANSLATE_NOOP("Actions", "Drag with the right button"): _DRAGGED_WINDOW,
    QT_TRANSLATE_NOOP("Actions", "Double-click, double tap"): QT_TRANSLATE_NOOP(
        "Actions", "The whole film, or actual pixels"
    ),
}

_SEPARATED = {
    "camera", "report", "history", "settings", "quit", "preset_full", "window_tool", "invert", "ruler", "heat",
    "compare", "show_list", "cancel", "remove", "about", "reset_view",
}  # fmt: skip
"""Menus draw a line above these actions."""


def translated(text: str) -> str:
    """Translates a text of the table."""
    return QCoreApplication.translate("Actions", text)


class Actions:
    """The `QAction` objects of one window."""

    def __init__(self, window: QWidget) -> None:
        self._actions = {spec.key: _make(spec, window) for _, specs in GROUPS for spec in specs}

    def __getitem__(self, key: str) -> QAction:
        return self._actions[key]

    def connect(self, handlers: dict[str, Callable[..., object]]) -> None:
        """Connects handlers: `toggled(bool)` of switches, `triggered` of other actions without its argument."""
        for key, handler in handlers.items():
            action = self._actions[key]
            if action.isCheckable():
                action.toggled.connect(handler)
            else:
                action.triggered.connect(lambda *_, handler=handler: handler())

    def enable(self, keys: Iterable[str], enabled: bool) -> None:
        for key in keys:
            self._actions[key].setEnabled(enabled)

    def fill_menu(self, menu: QMenu, specs: Iterable[ActionSpec]) -> None:
        """Adds the actions of a group to a menu."""
        for index, spec in enumerate(specs):
            if index and spec.key in _SEPARATED:
                menu.addSeparator()
            menu.addAction(self._actions[spec.key])


def _make(spec: ActionSpec, window: QWidget) -> QAction:
    action = QAction(translated(spec.text), window)
    action.setObjectName(spec.key)
    action.setCheckable(spec.checkable)
    action.setShortcuts([QKeySequence(keys) for keys in spec.shortcuts])
    tip = translated(TIPS.get(spec.key, spec.text)).removesuffix("...")
    action.setStatusTip(tip)
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{tip} ({keys})" if keys else tip)
    if spec.icon:
        theme().bind_icon(action, spec.icon)
    window.addAction(action)
    return action
