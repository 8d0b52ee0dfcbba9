"""The benchmarks: all sides compute the same, and what was measured is told as it was."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import engine, ours, recording, rows, start
from benchmarks.measure import Clock, Effort, Measurement, compare, compare_added_time, compare_factors
from benchmarks.peers import values
from benchmarks.problem import Network, Problem, difference
from benchmarks.report import (
    PAGE,
    RESULTS,
    TABLES,
    Outcome,
    Report,
    Table,
    from_json,
    measure,
    put_in_page,
    tables_with_spread,
    tables_with_verdicts,
    to_json,
)
from benchmarks.rows import DisagreementError, Peer, Row
from micrograd_core.training.config import TrainingConfig

SMALL = TrainingConfig(samples=12, hidden=(4, 3), test_share=0.0, seed=5, l2=0.01)
TRAINERS = (rows.NUMPY, rows.JAX, rows.JAX_SYNCHRONOUS, rows.TORCH, rows.PLAYGROUND, rows.BLOG)
SHORT = Effort(rounds=1, fewest=1, seconds=0.0, block=1e-6)


def steady(seconds: float) -> Clock:
    """A work that takes exactly so long."""
    return lambda times: times * seconds


@pytest.mark.parametrize("peer", TRAINERS, ids=lambda peer: peer.module)
def test_every_peer_takes_our_step(peer: Peer) -> None:
    """Each peer has the same loss, accuracy and gradient, L2 included, over three steps from the same parameters."""
    if peer.absence:
        pytest.skip(peer.absence)
    problem = Problem(SMALL)
    mine, theirs = ours.Network(problem), peer.network(problem)
    try:
        for _ in range(3):
            before = mine.parameters()
            assert theirs.parameters() == pytest.approx(before, rel=1e-9, abs=1e-9)
            assert theirs.step(1.0) == pytest.approx(mine.step(1.0), rel=1e-9, abs=1e-9)
            gradient = before - mine.parameters()
            assert np.linalg.norm(gradient) > 0.1
            assert before - theirs.parameters() == pytest.approx(gradient, rel=1e-9, abs=1e-9)
    finally:
        theirs.close()


def test_the_scalar_engine_takes_the_same_step() -> None:
    """The step through ``Value``s is the array program's."""
    problem = Problem(SMALL)
    assert difference(ours.Network(problem), values.Network(problem), problem, 3) < 1e-12


def test_batches_are_the_same_for_both_sides() -> None:
    """Each step takes the next batch, whose loss and accuracy it tells; after the last the first comes again."""
    problem = Problem(replace(SMALL, batch_size=5))
    mine, theirs = ours.BatchNetwork(problem), rows.NUMPY.network(problem)
    assert difference(mine, theirs, problem, len(problem.batches) + 2) < 1e-9
    assert len({batch.tobytes() for batch in problem.batches}) > len(problem.batches) // 2


class Wrong(ours.Network):
    """Its loss is off by a little."""

    error = 1e-8

    def step(self, rate: float) -> tuple[float, float]:
        loss, accuracy = super().step(rate)
        return loss + self.error, accuracy


def test_who_computes_something_else_is_not_timed() -> None:
    """A loss that is off by 1e-8, and one that is nan, end the measurement with a sentence."""
    problem = Problem(SMALL)
    network: Network = Wrong(problem)
    with pytest.raises(DisagreementError, match=r"hand-written numpy differs from ours by \d\.\de-0[89]"):
        rows.check_agreement(rows.NUMPY, difference(network, rows.NUMPY.network(problem), problem, 1))
    with pytest.raises(DisagreementError, match="differs from ours by nan"):
        rows.check_agreement(rows.NUMPY, math.nan)
    with pytest.raises(DisagreementError):
        rows.measure_steps(Wrong, SMALL, rows.NUMPY, SHORT)


@pytest.mark.parametrize("samples", [12, 13], ids=["smaller", "larger"])
def test_growth_is_not_measured_of_who_computes_something_else(
    samples: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where only one of the two sizes differs."""

    class WrongAtOneSize(Wrong):
        def __init__(self, problem: Problem) -> None:
            super().__init__(problem)
            self.error = 1e-8 if problem.config.samples == samples else 0.0

    measured = rows.measure_growth(compare_factors, SMALL, replace(SMALL, samples=14), SHORT)
    assert measured.rounds > 0
    monkeypatch.setattr(ours, "Network", WrongAtOneSize)
    with pytest.raises(DisagreementError):
        rows.measure_growth(compare_factors, SMALL, replace(SMALL, samples=13), SHORT)


def test_ratios_are_medians_over_rounds() -> None:
    """Works of known length: their times, their ratio, its quartiles; as many rounds as were asked for."""
    effort = Effort(rounds=4, fewest=2, seconds=10.0, block=0.1)
    found = compare(steady(1e-3), steady(4e-3), effort)
    assert (found.ours, found.theirs) == pytest.approx((1e-3, 4e-3))
    assert (found.low, found.ratio, found.high) == pytest.approx((0.25, 0.25, 0.25))
    assert found.rounds == 4


def test_growth_is_the_time_added_and_a_factor() -> None:
    """Growth from 1 to 3 ms against growth from 2 to 6 ms: half the added time, the same factor."""
    pairs = (steady(1e-3), steady(3e-3)), (steady(2e-3), steady(6e-3))
    added = compare_added_time(*pairs, SHORT)
    assert (added.ours, added.theirs, added.ratio, added.unit) == pytest.approx((2e-3, 4e-3, 0.5, "s"))
    factor = compare_factors(*pairs, SHORT)
    assert (factor.ours, factor.theirs, factor.ratio, factor.unit) == pytest.approx((3.0, 3.0, 1.0, "×"))


def test_slow_works_get_fewer_rounds() -> None:
    """A work of 5 s is done as often as must be, not as often as it may."""
    effort = Effort(rounds=60, fewest=3, seconds=8.0, block=0.03)
    assert compare(steady(1e-4), steady(5.0), effort).rounds == 3
    assert compare(steady(1e-4), steady(1.0), effort).rounds == 7


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, marks=[pytest.mark.long] if row.against.package == "micrograd" else [])
        for row in (*rows.ROWS, *engine.ROWS, *recording.ROWS, *start.ROWS)
    ],
    ids=lambda row: f"{row.work}, {row.against.name}",
)
def test_every_row_can_be_measured_or_says_why_not(row: Row) -> None:
    """One round of each row whose peer is here, agreement included."""
    outcome = measure(row, SHORT)
    if outcome.measurement is None:
        assert outcome.verdict == f"not measured: {row.against.absence}" != "not measured: "
    else:
        assert outcome.measurement.rounds > 0
        assert math.isfinite(outcome.measurement.ratio)


MADE_UP = Report(
    date="2026-11-01",
    machine="a processor, 2 cores",
    versions={"CPython": "3.11.7", "numpy": "2.4.6"},
    tables=(
        Table(
            "First",
            (
                Outcome("fast", "A", 0.75, Measurement(4.1234e-5, 6.78e-5, 0.608, 0.59, 0.63, 60)),
                Outcome("slow", "A", 0.75, Measurement(1.5e-3, 1.8e-3, 0.8333, 0.82, 0.84, 60)),
                Outcome("on the mark", "B", 0.75, Measurement(3.0, 4.0, 0.75, 0.75, 0.75, 7)),
                Outcome("absent", "C", 0.2, None, "C is not installed"),
            ),
        ),
        Table(
            "Second",
            (
                Outcome("tiny", "D", 5e-5, Measurement(4.2e-5, 1.05, 4e-5, 3.9e-5, 4.2e-5, 7)),
                Outcome("memory", "D", None, Measurement(17.81e6, 64.1e6, 0.278, 0.278, 0.278, 1, "B")),
                Outcome("growth", "E", 1.0, Measurement(1.98, 2.11, 0.94, 0.9, 1.0, 9, "×")),
            ),
        ),
    ),
)


def test_tables_say_what_was_met_missed_and_not_measured() -> None:
    """Each made-up outcome, cell by cell; the file adds quartiles and rounds."""
    text = tables_with_spread(MADE_UP)
    for line in (
        "- a processor, 2 cores",
        "- numpy 2.4.6",
        "| fast | A | 41.2 µs | 67.8 µs | 0.61 | 0.59 to 0.63 | 60 | ≤ 0.75 | met |",
        "| slow | A | 1.5 ms | 1.8 ms | 0.83 | 0.82 to 0.84 | 60 | ≤ 0.75 | **MISSED** |",
        "| on the mark | B | 3 s | 4 s | 0.75 | 0.75 to 0.75 | 7 | ≤ 0.75 | met |",
        "| absent | C |  |  |  |  |  | ≤ 0.20 | not measured: C is not installed |",
        "| tiny | D | 42 µs | 1.05 s | 1/25,000 | 1/25,600 to 1/23,800 | 7 | ≤ 1/20,000 | met |",
        "| memory | D | 17.8 MB | 64.1 MB | 0.28 | 0.28 to 0.28 | 1 |  |  |",
        "| growth | E | × 1.98 | × 2.11 | 0.94 | 0.90 to 1.00 | 9 | ≤ 1.00 | met |",
    ):
        assert line in text.splitlines()
    short = tables_with_verdicts(MADE_UP)
    assert "Measured on 2026-11-01: a processor, 2 cores; CPython 3.11.7, numpy 2.4.6." in short
    assert "| slow | A | 1.5 ms | 1.8 ms | 0.83 | ≤ 0.75 | **MISSED** |" in short.splitlines()


def test_a_ratio_just_missed_is_not_rounded_to_met() -> None:
    """0.7501 is written as 0.75, and missed."""
    outcome = Outcome("close", "A", 0.75, Measurement(1.0, 1.0, 0.7501, 0.7, 0.8, 5))
    assert outcome.verdict == "**MISSED**"


def test_nan_is_no_success() -> None:
    """A ratio that is no number has not been reached."""
    assert Outcome("", "", 1.0, Measurement(1.0, 1.0, math.nan, 1.0, 1.0, 5)).verdict == "**MISSED**"


def test_reports_come_back_from_json() -> None:
    """Every field, the missing measurement too."""
    assert from_json(to_json(MADE_UP)) == MADE_UP


def test_only_the_tables_of_the_page_are_replaced() -> None:
    """Text around the two comments stays; twice gives the same as once; without them it is an error."""
    page = "before\n<!-- benchmarks -->\nold\n<!-- end of benchmarks -->\nafter\n"
    once = put_in_page(page, MADE_UP)
    assert once.startswith("before\n<!-- benchmarks -->\nMeasured on")
    assert once.endswith("\n<!-- end of benchmarks -->\nafter\n")
    assert "old" not in once
    assert put_in_page(once, MADE_UP) == once
    with pytest.raises(ValueError, match="must have the comments"):
        put_in_page("nothing here", MADE_UP)


def test_an_absent_peer_is_told_with_the_way_to_install_it() -> None:
    """A package that is nowhere, a program that is nowhere; numpy needs neither."""
    assert re.fullmatch(r"no_such is not installed: pip install .+", Peer("", "", package="no_such").absence)
    assert Peer("", "", program="no-such-program").absence == "no-such-program is not installed"
    assert rows.NUMPY.absence == ""


def test_the_written_tables_are_those_of_the_results() -> None:
    """Both pages are made from ``benchmarks/results.json``: ``make bench`` writes them."""
    report = from_json(RESULTS.read_text(encoding="utf-8"))
    page = PAGE.read_text(encoding="utf-8")
    assert put_in_page(page, report) == page
    assert TABLES.read_text(encoding="utf-8") == tables_with_spread(report)
    measured = {(outcome.work, outcome.against) for table in report.tables for outcome in table.outcomes}
    assert measured == {
        (row.work, row.against.name) for row in (*rows.ROWS, *engine.ROWS, *recording.ROWS, *start.ROWS)
    }
