"""The figures and examples on the page of `instruction_tuning`, computed again with the reference.

pytest tests/engine/test_instruction_tuning_page.py
"""

from __future__ import annotations

import importlib.util
import re
import runpy
import sys
from pathlib import Path

import pytest
import torch

from autograder.builders import tiny_tokenizer
from autograder.lessons import load_course

ROOT = Path(__file__).resolve().parents[2]
LESSON = ROOT / "exercises" / "instruction_tuning"
PAGE = (LESSON / "README.md").read_text(encoding="utf-8")
SOLUTION = ROOT / "solutions" / "instruction_tuning" / "instruction_tuning.py"
REFERENCE = runpy.run_path(str(SOLUTION))


def test_the_chat_of_25_ids() -> None:
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ok"}]
    encoded = REFERENCE["encode_chat"](messages, tiny_tokenizer())
    assert f"is {len(encoded['input_ids'])} ids with a tokenizer of bytes, and {sum(encoded['loss_mask'])} of" in PAGE


def test_the_templates_are_those_of_the_reference() -> None:
    question, answer = "What are the three primary colors?", "Red, blue, and yellow."
    assert f"```\n{REFERENCE['format_alpaca']({'instruction': question, 'output': answer})}\n```" in PAGE
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    assert f"```\n{REFERENCE['render_chatml'](messages)}```" in PAGE


def test_the_mean_of_means_is_not_the_mean_over_tokens() -> None:
    losses = torch.tensor([2.0, 2.0, 2.0, 6.0])
    assert f"over tokens is {losses.mean():.1f}, the mean of the means is {(2.0 + 6.0) / 2}" in PAGE


def test_the_table_of_exercises_is_the_lessons() -> None:
    exercises = load_course(ROOT).lesson("instruction_tuning").exercises
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \|", PAGE, re.MULTILINE)
    assert rows == [(name, str(one.points), str(one.minutes)) for name, one in exercises.items()]


def test_every_picture_and_link_is_there() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        assert target.startswith("https://") or (LESSON / target).is_file(), target


def test_the_pictures_are_drawn_by_their_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The words and figures in the committed pictures; outlines may differ between versions of matplotlib."""
    if importlib.util.find_spec("matplotlib") is None:
        pytest.skip("needs matplotlib")
    monkeypatch.setattr(sys, "argv", ["pictures.py", "--lesson", str(SOLUTION), "--out", str(tmp_path)])
    runpy.run_path(str(LESSON / "pictures.py"), run_name="__main__")
    for name in ("mask.svg", "shift.svg"):
        drawn, committed = ((folder / name).read_text(encoding="utf-8") for folder in (tmp_path, LESSON))
        texts = [re.findall(r"<text[^>]*>([^<]*)</text>", picture) for picture in (drawn, committed)]
        assert texts[0] == texts[1] != []
