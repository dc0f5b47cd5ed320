from __future__ import annotations

import csv

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit

from edge_app.ui.panels.worklist_model import FILM, PROBABILITY
from tests.support.window import Driver


def names(w: Driver) -> list[str]:
    model = w.window.worklist.model
    return [model.item_at(row).name for row in range(model.rowCount())]


def test_list_sorts_and_filters(drive, films):
    paths = [films("b2.png", grey=0.9), films("b10.png", grey=0.1), films("a.png", grey=0.47)]

    def script(w: Driver) -> None:
        w.wait_idle()
        panel = w.window.worklist
        assert names(w) == ["b2.png", "b10.png", "a.png"], "in the order of opening"
        panel.table.sortByColumn(PROBABILITY, Qt.SortOrder.DescendingOrder)
        assert names(w) == ["b2.png", "a.png", "b10.png"]
        panel.table.sortByColumn(FILM, Qt.SortOrder.AscendingOrder)
        assert names(w) == ["a.png", "b2.png", "b10.png"]
        panel.findChild(QComboBox).setCurrentIndex(2)
        assert names(w) == ["a.png"]
        panel.findChild(QComboBox).setCurrentIndex(0)
        panel.findChild(QLineEdit).setText("b1")
        assert names(w) == ["b10.png"]

    drive(script, *paths)


def test_arrows_and_page_keys_go_through_the_list(drive, films):
    paths = [films(f"f{i}.png") for i in range(3)]

    def script(w: Driver) -> None:
        w.wait_film("f0.png")
        table = w.window.worklist.table
        table.setFocus()
        w.key(Qt.Key.Key_Down, table)
        w.wait_film("f1.png")
        w.key(Qt.Key.Key_PageDown)
        w.wait_film("f2.png")
        w.key(Qt.Key.Key_PageUp)
        w.wait_film("f1.png")

    drive(script, *paths)


def test_progress_is_shown_and_cancelled(drive, films):
    paths = [films(f"slow-{i}.png") for i in range(8)]

    def script(w: Driver) -> None:
        w.wait(lambda: "of 8" in w.shown_texts(w.window.worklist))
        w.trigger("cancel")
        assert w.window.services.queue.pending == 0
        states = {item.state for item in w.session.items}
        assert "cancelled" in states
        assert states <= {"cancelled", "done"}
        # A cancelled film can be analysed again.
        w.session.set_current(w.session.items[-1].item_id)
        assert "cancelled" in w.shown_texts(w.window.result)
        w.trigger("analyse_again")
        w.wait_film("slow-7.png")

    drive(script, *paths)


def test_failing_file_does_not_stop_the_rest(drive, films):
    paths = [films("a.png"), films.broken("bad.png"), films("c.png"), films("refuse-d.png")]

    def script(w: Driver) -> None:
        w.wait_idle()
        assert [item.state for item in w.session.items] == ["done"] * 4
        assert [item.analysis.status for item in w.session.items] == ["analysed", "failed", "analysed", "refused"]
        model = w.window.worklist.model
        tip = model.data(model.index(1, FILM), Qt.ItemDataRole.ToolTipRole)
        assert "not a film" in tip or "cannot be read" in tip or "no film" in tip.lower(), tip

    drive(script, *paths)


def test_removing_touches_no_file_and_can_be_taken_back(drive, films):
    paths = [films(f"f{i}.png") for i in range(3)]

    def script(w: Driver) -> None:
        w.wait_idle()
        w.wait_film("f0.png")
        w.window.worklist.table.setFocus()
        w.trigger("remove")
        assert names(w) == ["f1.png", "f2.png"]
        w.wait_film("f1.png")
        assert all(path.exists() for path in paths)
        w.trigger("restore")
        assert names(w) == ["f0.png", "f1.png", "f2.png"]
        w.trigger("clear")
        assert names(w) == []
        assert w.document.film is None
        assert "Drop a chest X-ray here" in w.shown_texts()

    drive(script, *paths)


def test_list_is_saved_as_csv(drive, films, tmp_path, monkeypatch):
    target = tmp_path / "out.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    paths = [films("a.png", grey=0.8), films.broken("bad.png")]

    def script(w: Driver) -> None:
        w.wait_idle()
        w.trigger("save_csv")
        assert "2 films" in w.window.statusBar().currentMessage()

    drive(script, *paths)
    with target.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["status"] for row in rows] == ["analysed", "failed"]
    assert float(rows[0]["probability"]) > 0.7
    assert rows[1]["probability"] == ""


def test_letters_in_the_table_are_commands(drive, films):
    paths = [films("a.png", grey=0.8), films("h.png", grey=0.8)]

    def script(w: Driver) -> None:
        w.wait_film("a.png")
        table = w.window.worklist.table
        table.setFocus()
        w.key(Qt.Key.Key_H, table)
        assert not w.document.heat.visible
        assert w.session.current.name == "a.png"

    drive(script, *paths)
