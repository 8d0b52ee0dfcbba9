"""The models behind lists and tables, whatever becomes of their rows while they are shown."""

import gc
import random
from collections.abc import Callable

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QListView, QTableView, QWidget
from pytestqt.qtbot import QtBot

from micrograd_gui.graph.leaf_model import LeafModel
from micrograd_gui.graph.ledger_model import RECEIVES, LedgerModel
from micrograd_gui.model.inspection import LedgerRow
from micrograd_gui.widgets.row_model import RowModel

ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
Show = Callable[[list[str]], object]


def words(parent: QWidget) -> tuple[QAbstractItemModel, Show]:
    model = RowModel[str]({Qt.ItemDataRole.DisplayRole: str.upper, Qt.ItemDataRole.ToolTipRole: str}, parent)
    return model, model.show_rows


def leaves(parent: QWidget) -> tuple[QAbstractItemModel, Show]:
    model = LeafModel(parent)
    return model, lambda rows: model.show_rows([(row, row, float(len(row)), False) for row in rows])


def ledger(parent: QWidget) -> tuple[QAbstractItemModel, Show]:
    model = LedgerModel(RECEIVES, parent)

    def show(rows: list[str]) -> None:
        model.show_rows(
            [LedgerRow(i, row, row, "1", 1.0, 1.0, 1.0, 1.0, i < 3) for i, row in enumerate(rows)]
        )

    return model, show


@pytest.mark.parametrize("kind", [words, leaves, ledger])
@pytest.mark.parametrize("seed", range(3))
def test_rows_may_change_at_any_time(
    qtbot: QtBot, kind: Callable[[QWidget], tuple[QAbstractItemModel, Show]], seed: int
) -> None:
    """Qt's own tester of models finds nothing, with rows that come and go, and a view that shows them."""
    chance = random.Random(seed)
    view = QTableView() if kind is ledger else QListView()
    qtbot.addWidget(view)
    model, show = kind(view)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    view.setModel(model)
    view.show()
    with qtbot.captureExceptions() as caught:
        for _ in range(10):
            names = [chr(97 + i) * (i % 3 + 1) for i in range(26)]
            show(chance.sample(names, chance.choice((0, 1, 2, 5, 26))))
            view.setCurrentIndex(model.index(chance.randrange(-1, 5), 0))
            assert [model.data(QModelIndex(), role) for role in ROLES] == [None] * len(ROLES)
            view.grab()
            gc.collect(chance.randrange(3))
    assert not caught
    del tester
