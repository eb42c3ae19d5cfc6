"""show_mask: what a terminal, a file and a notebook get to see."""

import pytest
import torch

from autograder.builders import tiny_tokenizer
from autograder.show import show_mask


def test_without_colours_supervised_tokens_stand_between_marks(capsys: pytest.CaptureFixture) -> None:
    print(show_mask([72, 105, 10, 79], [0, 1, 1, 0], tiny_tokenizer()))
    assert capsys.readouterr().out == "H«i»«⏎»\nO\n"


def test_in_a_terminal_they_are_coloured() -> None:
    shown = show_mask([72, 105], [0, 1], tiny_tokenizer()).text(coloured=True)
    assert shown == "\x1b[2mH\x1b[0m\x1b[1;30;42mi\x1b[0m"


def test_in_a_notebook_they_are_spans_and_text_stays_text() -> None:
    shown = show_mask([257, 60, 98, 10], [0, 0, 1, 0], tiny_tokenizer())._repr_html_()
    assert "&lt;|im_start|&gt;" in shown and ">&lt;</span>" in shown
    assert shown.count("background:#b7e4c7") == 1 and shown.count("<span") == 4 and shown.count("<br>") == 1


def test_control_characters_reach_no_terminal() -> None:
    assert "\x1b" not in show_mask([27, 91], [0, 0], tiny_tokenizer()).text(coloured=False)


def test_tensors_and_ids_without_a_tokenizer() -> None:
    labels = torch.tensor([-100, 7])
    assert show_mask(torch.tensor([5, 7]), labels != -100).text(coloured=False) == "5 «7 »"


@pytest.mark.parametrize(("ids", "mask"), [([1, 2], [1]), ([1, 2], [-100, 2])])
def test_what_is_no_mask_is_said(ids: list[int], mask: list[int]) -> None:
    with pytest.raises(ValueError, match="mask"):
        show_mask(ids, mask)
