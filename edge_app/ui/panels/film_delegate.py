"""Paints the first column of the worklist: thumbnail, name, and the result in words below."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from edge_app.ui.theme import theme

SECOND_LINE_ROLE = Qt.ItemDataRole.UserRole + 1
SECOND_LINE_COLOUR_ROLE = Qt.ItemDataRole.UserRole + 2
THUMBNAIL_PX = 40


class FilmDelegate(QStyledItemDelegate):
    """Paints two lines of text beside a thumbnail over the background of the style sheet."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        plain = QStyleOptionViewItem(option)
        self.initStyleOption(plain, index)
        plain.text = ""
        plain.icon = QPixmap()  # type: ignore[assignment]
        plain.features &= ~QStyleOptionViewItem.ViewItemFeature.HasDecoration
        plain.features &= ~QStyleOptionViewItem.ViewItemFeature.HasDisplay
        widget = option.widget
        widget.style().drawControl(widget.style().ControlElement.CE_ItemViewItem, plain, painter, widget)
        area: QRect = option.rect.adjusted(8, 0, -4, 0)
        thumbnail = index.data(Qt.ItemDataRole.DecorationRole)
        slot = QRect(area.left(), area.center().y() - THUMBNAIL_PX // 2 + 1, THUMBNAIL_PX, THUMBNAIL_PX)
        if isinstance(thumbnail, QPixmap):
            painter.drawPixmap(slot, thumbnail)
        else:
            painter.fillRect(slot, QColor(theme().tokens.raised))
        words = area.adjusted(THUMBNAIL_PX + 8, 0, 0, 0)
        font = QFont(option.font)
        small = QFont(font)
        small.setPixelSize(theme().metrics.small)
        first, second = QFontMetrics(font), QFontMetrics(small)
        top = area.center().y() - (first.height() + second.height()) // 2 + 1
        name = first.elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, words.width())
        result = second.elidedText(str(index.data(SECOND_LINE_ROLE)), Qt.TextElideMode.ElideRight, words.width())
        painter.save()
        painter.setFont(font)
        painter.setPen(QColor(theme().tokens.text))
        painter.drawText(words.left(), top + first.ascent(), name)
        painter.setFont(small)
        painter.setPen(QColor(str(index.data(SECOND_LINE_COLOUR_ROLE))))
        painter.drawText(words.left(), top + first.height() + second.ascent(), result)
        painter.restore()
