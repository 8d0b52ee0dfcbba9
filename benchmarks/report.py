"""The results as JSON and as Markdown; the tables of docs/speed.md are made from the JSON file."""

import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

from benchmarks.measure import Effort, Measurement, Unit
from benchmarks.rows import Row

FOLDER = Path(__file__).parent
PAGE = FOLDER.parent / "docs" / "speed.md"
RESULTS = FOLDER / "results.json"
TABLES = FOLDER / "results.md"
_BETWEEN = re.compile(r"(?<=<!-- benchmarks -->\n).*(?=<!-- end of benchmarks -->)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a row."""

    work: str
    against: str
    reach: float | None
    measurement: Measurement | None
    absence: str = ""
    """The reason why there is no measurement."""

    @property
    def verdict(self) -> str:
        if self.measurement is None:
            return f"not measured: {self.absence}"
        if self.reach is None:
            return ""
        return "met" if self.measurement.ratio <= self.reach else "**MISSED**"


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Report:
    date: str
    machine: str
    versions: dict[str, str]
    tables: tuple[Table, ...]


def measure(row: Row, effort: Effort) -> Outcome:
    """Measure a row; without its peer the outcome says why not."""
    absence = row.against.absence
    measurement = None if absence else row.measure(effort)
    return Outcome(row.work, row.against.name, row.reach, measurement, absence)


def to_json(report: Report) -> str:
    return json.dumps(asdict(report), indent=2, ensure_ascii=False) + "\n"


def from_json(text: str) -> Report:
    """Return the report from which ``to_json`` made the text."""
    read = json.loads(text)
    tables = tuple(Table(table["title"], tuple(map(_outcome, table["outcomes"]))) for table in read["tables"])
    return Report(read["date"], read["machine"], read["versions"], tables)


def _outcome(read: dict[str, object]) -> Outcome:
    measured = read.pop("measurement")
    return Outcome(**read, measurement=Measurement(**measured) if measured else None)  # type: ignore[arg-type]


Column: TypeAlias = tuple[str, Callable[[Outcome], str]]


def _of_measurement(text: Callable[[Measurement], str]) -> Callable[[Outcome], str]:
    return lambda outcome: "" if outcome.measurement is None else text(outcome.measurement)


_WORK: Sequence[Column] = (
    ("work", lambda outcome: outcome.work),
    ("against", lambda outcome: outcome.against),
    ("ours", _of_measurement(lambda found: format_amount(found.ours, found.unit))),
    ("theirs", _of_measurement(lambda found: format_amount(found.theirs, found.unit))),
    ("ratio", _of_measurement(lambda found: format_ratio(found.ratio))),
)
_SPREAD: Sequence[Column] = (
    ("quartiles", _of_measurement(lambda found: f"{format_ratio(found.low)} to {format_ratio(found.high)}")),
    ("rounds", _of_measurement(lambda found: str(found.rounds))),
)
_VERDICT: Sequence[Column] = (
    ("to reach", lambda outcome: "" if outcome.reach is None else f"≤ {format_ratio(outcome.reach)}"),
    ("", lambda outcome: outcome.verdict),
)


def tables_with_spread(report: Report) -> str:
    """Return all results as a Markdown file."""
    return "\n".join(
        [
            "# Measurements\n",
            "Ours to theirs: the median over interleaved rounds of the ratio of processor times, one thread each.\n",
            f"- {report.date}\n- {report.machine}",
            *(f"- {name} {version}" for name, version in report.versions.items()),
            "",
            *_tables(report, (*_WORK, *_SPREAD, *_VERDICT)),
        ]
    )


def tables_with_verdicts(report: Report) -> str:
    """Return the part of docs/speed.md between its two comments."""
    versions = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    return "\n".join(
        [f"Measured on {report.date}: {report.machine}; {versions}.\n", *_tables(report, (*_WORK, *_VERDICT))]
    )


def put_in_page(page: str, report: Report) -> str:
    """Return the page with the tables of ``report``. Raises ValueError if it has no place for them."""
    text, count = _BETWEEN.subn(lambda _: tables_with_verdicts(report), page)
    if count != 1:
        raise ValueError(
            "docs/speed.md must have the comments <!-- benchmarks --> and <!-- end of benchmarks --> once"
        )
    return text


def _tables(report: Report, columns: Sequence[Column]) -> Iterable[str]:
    for table in report.tables:
        titles = [title for title, _text in columns]
        yield f"**{table.title}**\n"
        yield _line(titles)
        yield "|---" * len(titles) + "|"
        yield from (_line(text(outcome) for _title, text in columns) for outcome in table.outcomes)
        yield ""


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def format_ratio(ratio: float) -> str:
    """Return a ratio: ``0.62``, or if small a fraction, ``1/24,000``."""
    return f"{ratio:.2f}" if ratio >= 0.05 else f"1/{_round(1.0 / ratio):,.0f}"


def format_amount(amount: float, unit: Unit) -> str:
    """Return an amount with three digits and a prefix: ``41.2 µs``, ``26.8 MB``."""
    if unit == "×":
        return f"× {amount:.2f}"
    power = max(-3, min(2, math.floor(math.log10(_round(amount)) / 3)))
    prefix = {-3: "n", -2: "µ", -1: "m", 0: "", 1: "k", 2: "M"}[power]
    return f"{_round(amount / 1000.0**power):.4g} {prefix}{unit}"


def _round(number: float) -> float:
    return float(f"{number:.3g}")
