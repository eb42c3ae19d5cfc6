"""The experiments of `quantization` where bitsandbytes is missing."""

from pathlib import Path

import pytest

from autograder import experiments
from autograder.common.lessons import load_course

COURSE = load_course(Path(__file__).resolve().parents[3])
LESSON = COURSE.lesson("quantization")
CLAIMS = experiments.find_experiments(LESSON)
LIBRARY = ("agrees_with_bitsandbytes", "loaded_in_4bit")


def test_without_bitsandbytes_its_claims_say_so(references, monkeypatch):
    found = experiments.importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name, *rest: None if name == "bitsandbytes" else found(name, *rest)
    )
    for name in LIBRARY:
        with pytest.raises(experiments.Unfit, match="bitsandbytes, which is not installed: pip install -e"):
            CLAIMS[name](references["quantization"], experiments.Backbone())
