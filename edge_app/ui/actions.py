"""Every command of the window in one table: menus, tool bars and the shortcuts page all come from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from edge_app.ui.theme import theme


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """A row of the table.

    Attributes:
        key: How the code names it.
        text: Shown in menus; marked for translation.
        icon: In `assets/icons`; empty for none.
        shortcuts: As `QKeySequence` reads them; the first is shown.
        checkable: A switch.
        tip: One line for tooltip and status bar; empty for the text itself.
    """

    key: str
    text: str
    icon: str = ""
    shortcuts: tuple[str, ...] = ()
    checkable: bool = False
    tip: str = ""


_T = QT_TRANSLATE_NOOP

FILE: tuple[ActionSpec, ...] = (
    ActionSpec("open", _T("Actions", "Open films..."), "open", ("Ctrl+O",)),
    ActionSpec("open_folder", _T("Actions", "Open folder..."), "folder", ("Ctrl+Shift+O",)),
    ActionSpec("paste", _T("Actions", "Paste film"), "paste", ("Ctrl+V",)),
    ActionSpec("camera", _T("Actions", "Photograph a film..."), "camera", ("Ctrl+K",)),
    ActionSpec("sample", _T("Actions", "Open a sample film"), "sample"),
    ActionSpec("report", _T("Actions", "Report (PDF)..."), "report", ("Ctrl+P",)),
    ActionSpec("save_view", _T("Actions", "Save view as picture..."), "image", ("Ctrl+Shift+S",)),
    ActionSpec("save_csv", _T("Actions", "Save list as CSV..."), "table", ("Ctrl+E",)),
    ActionSpec("history", _T("Actions", "History..."), "history", ("Ctrl+H",)),
    ActionSpec("settings", _T("Actions", "Settings..."), "settings", ("Ctrl+,",)),
    ActionSpec("quit", _T("Actions", "Quit"), "", ("Ctrl+Q",)),
)
EDIT: tuple[ActionSpec, ...] = (
    ActionSpec("undo", _T("Actions", "Undo view change"), "undo", ("Ctrl+Z",)),
    ActionSpec("redo", _T("Actions", "Redo view change"), "redo", ("Ctrl+Y", "Ctrl+Shift+Z")),
)
VIEW: tuple[ActionSpec, ...] = (
    ActionSpec("fit", _T("Actions", "Fit film"), "fit", ("F", "Ctrl+0"), tip=_T("Actions", "Show the whole film")),
    ActionSpec("actual", _T("Actions", "Actual pixels"), "actual", ("Z",), tip=_T("Actions", "One film pixel per screen pixel")),
    ActionSpec("zoom_in", _T("Actions", "Zoom in"), "zoom-in", ("+", "Ctrl++", "=")),
    ActionSpec("zoom_out", _T("Actions", "Zoom out"), "zoom-out", ("-", "Ctrl+-")),
    ActionSpec("window_tool", _T("Actions", "Window/level by dragging"), "window", ("W",), True,
               _T("Actions", "Drag: right for a wider window, down for darker. The right button always does it.")),
    ActionSpec("preset_full", _T("Actions", "Window: full range"), "", ("1",)),
    ActionSpec("preset_auto", _T("Actions", "Window: automatic"), "", ("2",)),
    ActionSpec("preset_lung", _T("Actions", "Window: lungs"), "", ("3",)),
    ActionSpec("preset_dense", _T("Actions", "Window: bones and mediastinum"), "", ("4",)),
    ActionSpec("invert", _T("Actions", "Invert"), "invert", ("I",), True, _T("Actions", "Exchange black and white on the screen")),
    ActionSpec("rotate_right", _T("Actions", "Turn right"), "rotate-right", ("R",)),
    ActionSpec("rotate_left", _T("Actions", "Turn left"), "rotate-left", ("L",)),
    ActionSpec("mirror", _T("Actions", "Mirror"), "mirror", ("V",)),
    ActionSpec("ruler", _T("Actions", "Measure a distance"), "ruler", ("D",), True,
               _T("Actions", "Drag from one point to another: millimetres where the file states them, else pixels")),
    ActionSpec("reset_view", _T("Actions", "Reset view"), "reset", ("Backspace",)),
    ActionSpec("heat", _T("Actions", "Heat map"), "heat", ("H",), True, _T("Actions", "Show where the model looked")),
    ActionSpec("heat_less", _T("Actions", "Heat map fainter"), "", ("[",)),
    ActionSpec("heat_more", _T("Actions", "Heat map stronger"), "", ("]",)),
    ActionSpec("compare", _T("Actions", "Side by side"), "compare", ("S",), True, _T("Actions", "The bare film beside the heat map")),
    ActionSpec("show_list", _T("Actions", "Show the list"), "list", ("F9",), True),
    ActionSpec("full_screen", _T("Actions", "Full screen"), "fullscreen", ("F11",), True),
)
LIST: tuple[ActionSpec, ...] = (
    ActionSpec("previous", _T("Actions", "Previous film"), "previous", ("PgUp", "Alt+Left")),
    ActionSpec("next", _T("Actions", "Next film"), "next", ("PgDown", "Alt+Right")),
    ActionSpec("cancel", _T("Actions", "Cancel waiting films"), "stop", ("Esc",)),
    ActionSpec("analyse_again", _T("Actions", "Analyse again"), "reset", ("F5",)),
    ActionSpec("remove", _T("Actions", "Remove from list"), "close", ("Delete",)),
    ActionSpec("clear", _T("Actions", "Empty the list"), "trash", ("Ctrl+Shift+Delete",)),
)
HELP: tuple[ActionSpec, ...] = (
    ActionSpec("shortcuts", _T("Actions", "Keyboard and mouse..."), "keyboard", ("F1", "?")),
    ActionSpec("model", _T("Actions", "About the model..."), "model", ("Ctrl+I",)),
    ActionSpec("intended_use", _T("Actions", "Intended use..."), "info"),
    ActionSpec("about", _T("Actions", "About Pneumoscope..."), "help"),
)
GROUPS: tuple[tuple[str, tuple[ActionSpec, ...]], ...] = (
    (_T("Actions", "File"), FILE),
    (_T("Actions", "Edit"), EDIT),
    (_T("Actions", "View"), VIEW),
    (_T("Actions", "List"), LIST),
    (_T("Actions", "Help"), HELP),
)

HELD: tuple[tuple[str, str], ...] = (
    ("M", _T("Actions", "Magnifying glass, while held")),
    ("B", _T("Actions", "Bare film without the heat map, while held")),
)
MOUSE: tuple[tuple[str, str], ...] = (
    (_T("Actions", "Wheel, pinch"), _T("Actions", "Zoom at the pointer")),
    (_T("Actions", "Drag"), _T("Actions", "Move the film")),
    (_T("Actions", "Drag with the right button"), _T("Actions", "Window/level: right is wider, down is darker")),
    (_T("Actions", "Double-click, double tap"), _T("Actions", "The whole film, or actual pixels")),
)

_SEPARATED = {"camera", "report", "history", "settings", "quit", "preset_full", "window_tool", "invert", "ruler", "heat", "compare", "show_list", "cancel", "remove", "about", "reset_view"}


def translated(text: str) -> str:
    """The text of a row in the user's language."""
    return QCoreApplication.translate("Actions", text)


class Actions:
    """The actions of one window."""

    def __init__(self, window: QWidget) -> None:
        self._actions: dict[str, QAction] = {}
        for _, specs in GROUPS:
            for spec in specs:
                self._actions[spec.key] = _make(spec, window)

    def __getitem__(self, key: str) -> QAction:
        """The action of a key."""
        return self._actions[key]

    def connect(self, handlers: dict[str, Callable[..., object]]) -> None:
        """Connects actions: switches by `toggled`, the others by `triggered`, without arguments."""
        for key, handler in handlers.items():
            action = self._actions[key]
            if action.isCheckable():
                action.toggled.connect(handler)
            else:
                action.triggered.connect(_without_arguments(handler))

    def enable(self, keys: Iterable[str], enabled: bool) -> None:
        """Enables or disables several actions."""
        for key in keys:
            self._actions[key].setEnabled(enabled)

    def fill_menu(self, menu: QMenu, specs: Iterable[ActionSpec]) -> None:
        """Puts the actions of a group into a menu."""
        for index, spec in enumerate(specs):
            if index and spec.key in _SEPARATED:
                menu.addSeparator()
            menu.addAction(self._actions[spec.key])


def _make(spec: ActionSpec, window: QWidget) -> QAction:
    action = QAction(translated(spec.text), window)
    action.setObjectName(spec.key)
    action.setCheckable(spec.checkable)
    action.setShortcuts([QKeySequence(keys) for keys in spec.shortcuts])
    tip = translated(spec.tip or spec.text).removesuffix("...")
    action.setStatusTip(tip)
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{tip} ({keys})" if keys else tip)
    if spec.icon:
        theme().bind_icon(action, spec.icon)
    window.addAction(action)
    return action


def _without_arguments(handler: Callable[..., object]) -> Callable[..., None]:
    def call(*_: object) -> None:
        handler()

    return call
