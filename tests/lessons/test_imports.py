"""What a student waits for in lessons that need torch alone: none of their checks has a heavier library imported.

torch imports some of these by itself, for a second or more: sympy where `autograd.grad` is given an upstream gradient,
all of its compiler where an optimizer is made or numbers are computed on the device "meta".
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LESSONS = ("language_modeling", "tokenization", "embeddings", "attention", "transformer")
TOLD = """
import sys

def pytest_unconfigure():
    heavy = ("peft", "sympy", "torch._dynamo", "transformers")
    print("imported:", *(name for name in heavy if name in sys.modules))
"""


def test_lessons_that_need_torch_alone_import_nothing_heavier(tmp_path):
    (tmp_path / "told.py").write_text(TOLD)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "told", "-p", "no:cacheprovider", "--submission=solutions"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "OMP_NUM_THREADS": "1", "PYTEST_ADDOPTS": ""}
    done = subprocess.run(
        [*command, *(f"exercises/{name}" for name in LESSONS)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "imported:"
