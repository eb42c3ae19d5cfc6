"""The benchmarks run: each in a small version, so that what it leans on can't move away from it unnoticed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

# name → its arguments, and what must stand in what it prints
SMALL = {
    "bench_peers": (
        ["--lessons", "language_modeling", "--count", "1", "--peers", "pytest"],
        "| pytest, a process each |",
    ),
    "bench_mixed": (["lora", "--count", "10", "--workers", "1"], "10 mixed submissions of"),
    "bench_checks": (["language_modeling", "--seeds", "1"], " CPU-s, "),
    "bench_reports": (["language_modeling", "--counts", "20"], " 20 "),
}
WITH_TABLE = ("bench_peers", "bench_mixed")  # whose table is kept beside them
NEEDS = {"bench_peers": ("nbgrader", "jupytext")}


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_a_benchmark_in_small(repository, tmp_path, zygote, name):
    for needed in NEEDS.get(name, ()):
        if importlib.util.find_spec(needed) is None:
            pytest.skip(f"needs {needed}")
    arguments, told = SMALL[name]
    out = ["--out", tmp_path / "table.md"] if name in WITH_TABLE else []
    command = [sys.executable, repository / "tests/benchmarks" / f"{name}.py", *arguments, *out]
    done = subprocess.run(list(map(str, command)), cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert told in done.stdout
