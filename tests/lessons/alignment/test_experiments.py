"""What the experiments of `alignment` are made of."""

from pathlib import Path

from autograder import experiments

FOLDER = Path(__file__).resolve().parents[3] / "exercises" / "alignment" / "experiments"


def test_gold_and_proxy_are_what_they_say():
    claim = experiments.load_file(FOLDER / "reward_hacking.py")
    ids_of = {word: index for index, word in enumerate(claim.WORDS)}

    def ids(text):
        return [ids_of[word] for word in text.split()]

    for text in ("the soup was good <end>", "the bread was cold ! <end>"):
        assert claim.well_formed(ids(text))
    for text in ("the soup was good", "the soup was good ! ! <end>", "soup was good <end>", "! ! <end>", "<end>", ""):
        assert not claim.well_formed(ids(text))
