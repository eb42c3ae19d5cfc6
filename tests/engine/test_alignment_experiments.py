"""What the experiments of `alignment` are made of."""

import sys
from pathlib import Path

from autograder import experiments
from autograder.common.lessons import load_course

experiments.find_experiments(load_course(Path(__file__).resolve().parents[2]).lesson("alignment"))
MODULE = sys.modules["autograder_experiments_alignment"]


def test_gold_and_proxy_are_what_they_say():
    words = {word: number for number, word in enumerate(MODULE.WORDS)}

    def ids(text):
        return [words[word] for word in text.split()]

    for text in ("the soup was good <end>", "the bread was cold ! <end>"):
        assert MODULE.well_formed(ids(text))
    for text in ("the soup was good", "the soup was good ! ! <end>", "soup was good <end>", "! ! <end>", "<end>", ""):
        assert not MODULE.well_formed(ids(text))
