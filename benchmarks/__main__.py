"""Measures everything, prints the tables and writes them down.

pip install -e ".[bench]"
python -m benchmarks [--quick]
"""

import argparse
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from threadpoolctl import threadpool_info, threadpool_limits

from benchmarks import engine, recording, rows, start
from benchmarks.measure import FULL, QUICK
from benchmarks.report import (
    PAGE,
    RESULTS,
    TABLES,
    Report,
    Table,
    measure,
    put_in_page,
    tables_with_spread,
    to_json,
)
from benchmarks.rows import Row

ALL: Mapping[str, Sequence[Row]] = {
    "From scalars to arrays": rows.ROWS,
    "Scalar engine": engine.ROWS,
    "Recording": recording.ROWS,
    "Start": start.ROWS,
}
PACKAGES = ("numpy", "jax", "torch", "micrograd")


def machine() -> str:
    """Return the processor, cores, system and load."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    name = models[0] if models else platform.processor()
    return f"{name}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}{load}"


def versions() -> dict[str, str]:
    """Return the versions of all that took part, with the processor kernels that numpy's BLAS has chosen."""
    found = {platform.python_implementation(): platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    for library in threadpool_info():
        if library["user_api"] == "blas":
            kernels = f" ({library['architecture']})" if "architecture" in library else ""
            found[library["internal_api"]] = f"{library['version']}{kernels}"
    if node := shutil.which("node"):
        found["Node"] = subprocess.run(
            [node, "--version"], capture_output=True, text=True, check=True
        ).stdout.strip()
    return found


def main(wanted: Mapping[str, Sequence[Row]] = ALL) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Ours beside other programs.")
    parser.add_argument("--quick", action="store_true", help="few rounds; nothing is written to files")
    effort = QUICK if parser.parse_args().quick else FULL
    # Asked before the others are loaded: some bring a BLAS of their own.
    where, found, tables = machine(), versions(), []
    with threadpool_limits(limits=1):
        for title, table in wanted.items():
            outcomes = []
            for row in table:
                print(f"… {row.work} / {row.against.name}", file=sys.stderr, flush=True)
                outcomes.append(measure(row, effort))
            tables.append(Table(title, tuple(outcomes)))
    report = Report(date.today().isoformat(), where, found, tuple(tables))
    print(tables_with_spread(report))
    if effort is FULL and wanted is ALL:
        RESULTS.write_text(to_json(report), encoding="utf-8")
        TABLES.write_text(tables_with_spread(report), encoding="utf-8")
        PAGE.write_text(put_in_page(PAGE.read_text(encoding="utf-8"), report), encoding="utf-8")


if __name__ == "__main__":
    main()
