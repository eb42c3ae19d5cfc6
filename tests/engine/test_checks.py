"""What a check says: values as a student reads them, and every mistake that would have given them."""

from __future__ import annotations

import pytest
import torch

from autograder.checks import MAX_MISTAKES, CheckFailure, describe, expect_close


def sentence_of(got, expected, mistakes):
    with pytest.raises(CheckFailure) as failure:
        expect_close(got, expected, what="The loss", mistakes=mistakes)
    return failure.value.sentence


def test_mistakes_that_come_to_the_same_are_all_named():
    mistakes = {"It adds.": 4.0, "The sign is wrong.": -1.0, "It multiplies.": lambda: 4.0}
    assert sentence_of(4.0, 1.0, mistakes) == "It adds. Or: It multiplies."
    assert sentence_of(-1.0, 1.0, mistakes) == "The sign is wrong."
    assert sentence_of(2.0, 1.0, mistakes) == "The loss has the wrong value."


def test_one_mistake_made_in_two_ways_is_named_once():
    assert sentence_of(4.0, 1.0, {"It adds.": 4.0, "It adds. ": 4.0}) == "It adds."


def test_not_too_many_mistakes_are_named():
    mistakes = {f"Mistake {number}.": 4.0 for number in range(9)}
    assert sentence_of(4.0, 1.0, mistakes).count("Mistake") == MAX_MISTAKES


def test_tensors_inside_lists_of_lists_are_described_like_others():
    codes, scale = torch.tensor([1, 2], dtype=torch.int8), torch.tensor(0.171428)
    text = describe([(codes, scale), [codes]])
    assert text == "[[[1, 2]  (int8, shape (2,)), 0.17143  (float32, shape ())], [[1, 2]  (int8, shape (2,))]]"
    assert describe([[1, 2], (3,)]) == "[[1, 2], (3,)]"
