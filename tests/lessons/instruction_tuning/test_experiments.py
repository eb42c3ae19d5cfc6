"""What the experiments of `instruction_tuning` are made of."""

import random
from pathlib import Path

import pytest

from autograder.experiments import load_file

FOLDER = Path(__file__).resolve().parents[3] / "exercises" / "instruction_tuning" / "experiments"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The capital of Peru is Lima.", True),
        ("The capital of Peru is Paris.", True),  # it has the form, whatever it says
        ("The continent of Peru is South America.", True),
        ("The continent of Peru is Lima.", False),
        ("The currency of Peru is the sol.", True),
        ("The capital of Peru is Lima. The capital of", False),
        ("lima capital the peru", False),
        ("", False),
    ],
)
def test_a_well_formed_answer_is_one_sentence_of_its_kind(text, expected):
    assert load_file(FOLDER / "_shared.py").well_formed(text) is expected


def test_masking_the_end_token_changes_its_labels_only():
    example = {"input_ids": [1, 2, 9, 3, 9], "loss_mask": [0, 1, 1, 1, 1]}
    masked = load_file(FOLDER / "end_token_masked.py").without_loss_on(example, 9)
    assert masked == {"input_ids": [1, 2, 9, 3, 9], "loss_mask": [0, 1, 0, 1, 0]}


def test_a_disordered_output_has_the_same_words():
    row = {"instruction": "What is the capital of Peru?", "output": "The capital of Peru is Lima."}
    noisy = load_file(FOLDER / "few_and_noisy.py").disordered(row, random.Random(0))
    assert noisy["instruction"] == row["instruction"] and noisy["output"] != row["output"]
    assert sorted(noisy["output"].split()) == sorted("the capital of peru is lima".split())


def test_every_person_has_three_facts_and_a_biography_says_them():
    people = load_file(FOLDER / "_people.py")
    facts = people.draw_facts(random.Random(0))
    assert len(facts) == 40
    for one_wording in (False, True):
        words = people.biography(random.Random(0), "Alba", facts["Alba"], one_wording).split()
        assert all(answer in words for answer in facts["Alba"].values())
