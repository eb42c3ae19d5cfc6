"""The benchmarks run: each in a small version, so that what it leans on can't move away from it unnoticed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest
import torch

# name → its arguments, and what must stand in what it prints
SMALL = {
    "bench_peers": (
        ["--lessons", "language_modeling", "--count", "1", "--peers", "pytest"],
        "| pytest, a process each |",
    ),
    "bench_mixed": (["lora", "--count", "10", "--workers", "1"], "10 mixed submissions of"),
    "bench_checks": (["language_modeling", "--seeds", "1"], " CPU-s, "),
    "bench_gpu": (["--device", "cpu", "--small", "--lessons", "attention", "pretraining"], "\n| lora | 2.3 | 2.3 |\n"),
    "bench_reports": (["language_modeling", "--counts", "20"], " 20 "),
}
WITH_TABLE = ("bench_peers", "bench_mixed", "bench_gpu")  # whose table is kept beside them
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


@pytest.mark.gpu
def test_every_real_run_on_a_gpu(repository, tmp_path):
    """Unverified: no machine that this was written on had a GPU."""
    if not torch.cuda.is_available():
        pytest.skip("needs CUDA")
    command = [sys.executable, repository / "tests/benchmarks/bench_gpu.py", "--out", tmp_path / "gpu.md"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    print(done.stdout)  # the table, for the pages
    assert done.returncode == 0, done.stdout + done.stderr


def test_without_a_gpu_it_is_said_in_a_sentence(repository, tmp_path):
    if torch.cuda.is_available():
        pytest.skip("there is one")
    command = [sys.executable, repository / "tests/benchmarks/bench_gpu.py", "--out", tmp_path / "gpu.md"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == 1 and not (tmp_path / "gpu.md").exists()
    assert done.stderr == "There is no GPU here; --small --device cpu runs the same without one.\n"
