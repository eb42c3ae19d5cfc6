"""What lies beside a student's file works in their own run only: there, a sentence says so."""

import pytest

HEAD = "from __future__ import annotations\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("from exercises.toy.helpers import TWO", "imports exercises.toy.helpers, which lies beside your work"),
        (
            "from pathlib import Path\nTWO = len((Path(__file__).parent / 'two.txt').read_text())",
            "uses __file__ to find",
        ),
    ],
)
def test_what_is_not_handed_in_is_said_in_a_students_own_run(toy, line, said, session_zygote):
    toy.write("exercises/toy/helpers.py", "TWO = 2\n")
    toy.write("exercises/toy/two.txt", "ab")
    source = toy.with_double("return TWO * x").replace(HEAD, f"{HEAD}{line}\n")
    toy.solve(source)
    toy.write("conftest.py", "import sys\nsys.path.insert(0, '.')\n")
    done = toy.pytest("exercises/toy", "-p", "no:cacheprovider")
    assert "done     double" in done.stdout and done.stdout.count(said) == 1
    assert toy.report(source, session_zygote.clients[0].spawn).status == "broken", "the sentence is true"


def test_nothing_is_said_of_what_is_installed_or_of_torch_compile(toy, session_zygote):
    """torch.compile with a backend that starts no process works in both."""
    source = toy.reference.replace("def double", '@torch.compile(backend="eager")\ndef double').replace(
        "import torch", "import json\n\nimport torch\n\nfrom autograder import builders"
    )
    toy.solve(source)
    assert "handed in" not in toy.pytest("exercises/toy").stdout
    assert toy.report(source, session_zygote.clients[0].spawn).score == 7
