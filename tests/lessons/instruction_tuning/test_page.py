"""The figures and examples on the page of `instruction_tuning`, computed again with the reference.

pytest tests/lessons/instruction_tuning/test_page.py
"""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import torch

from autograder.builders import tiny_tokenizer

ROOT = Path(__file__).resolve().parents[3]
LESSON = ROOT / "exercises" / "instruction_tuning"
PAGE = (LESSON / "README.md").read_text(encoding="utf-8")
SOLUTION = ROOT / "solutions" / "instruction_tuning" / "instruction_tuning.py"
REFERENCE = runpy.run_path(str(SOLUTION))


# What the page takes from elsewhere.
GIVEN = {
    "52,002": "examples in Alpaca",
    "1,000": "examples of LIMA",
    "2023": "year of two papers",
    "2305.11206": "arXiv number",
    "2309.14316": "arXiv number",
    "2024": "year in which trainers were repaired",
    "100": "PyTorch's ignore_index, negative",
    "40": "people of the made-up world",
    "20": "half of them",
    "60": "capitals asked for",
    "0.05": "guessing among 20",
    "12": "examples",
    "48": "examples",
    "135": "million parameters of SmolLM2",
    "124": "million parameters of GPT-2",
    "25": "ids of a chat, checked below",
    "2.0": "a loss, checked below",
    "6.0": "another",
    "3.0": "mean over tokens, checked below",
    "4.0": "mean of means, checked below",
}


def measured(name: str) -> dict[str, str]:
    """Every number of an experiment over its five seeds, as the page writes it: "0.73 to 0.77", or "0.00"."""
    found = json.loads((LESSON / "measured" / f"{name}.json").read_text(encoding="utf-8"))
    assert found["state"] == "holds" and len(found["seeds"]) == 5
    spans = {key: [f"{value[end]:.2f}" for end in ("min", "max")] for key, value in found["spread"].items()}
    return {key: low if low == high else f"{low} to {high}" for key, (low, high) in spans.items()}


def of_experiments() -> list[str]:
    """Texts that stand on the page, with their figures as measured."""
    template, end, base = measured("wrong_template"), measured("end_token_masked"), measured("base_completes")
    knowledge, few = measured("format_not_knowledge"), measured("few_and_noisy")
    asked = ("chatml", "alpaca", "no_template")
    rows = [
        f"| {name} | " + " | ".join(template[f"{name.lower()}_asked_in_{one}"] for one in asked) + " |"
        for name in ("ChatML", "Alpaca")
    ]
    rows += [
        f"| {text} | {knowledge[f'four_wordings_{key}']} | {knowledge[f'one_wording_{key}']} |"
        for key, text in (
            ("completed", "facts completed as they were read"),
            ("asked", "questions that SFT asked"),
            ("never_asked", "questions about the other people"),
        )
    ]
    rows += [
        f'| completes "The capital of X is" | {base["completes"]} |',
        f'| answers "What is the capital of X?" | {base["answers"]} |',
        f"| goes on with another question | {base['asks']} |",
        f"| answers, once tuned | {base['tuned_answers']} |",
    ]
    for count, noise, text in (
        (3, 0.0, "3"),
        (12, 0.0, "12"),
        (48, 0.0, "48"),
        (48, 0.5, "48, half of them noisy"),
        (48, 1.0, "48, all noisy"),
    ):
        of = f"{count}_examples_noise_{noise:.1f}"
        rows.append(f"| {text} | {few[f'form_{of}']} | {few[f'right_{of}']} |")
    return [
        *rows,
        f"of the replies, {end['stop_rate_supervised']} stop by themselves",
        f"and {end['stop_rate_masked']} when it is",
        f"all the same: {end['begins_right_masked']} begin with the right sentence",
    ]


def of_the_real_run() -> list[str]:
    """What SmolLM2 said before and after, as `real_run.py --out` wrote it down."""
    found = json.loads((LESSON / "measured" / "real_run_smollm2.json").read_text(encoding="utf-8"))
    prompts = runpy.run_path(str(LESSON / "real_run.py"))["PROMPTS"]
    rows = []
    for row, before, after in zip(prompts, found["base"], found["tuned"], strict=True):
        cells = [one["text"].replace("\n", " ") + ("" if one["stopped"] else " ...") for one in (before, after)]
        rows.append(f"| {row['instruction']} {row['input']}".rstrip() + f" | {cells[0]} | {cells[1]} |")
    before, after = (sum(one["stopped"] for one in found[kind]) for kind in ("base", "tuned"))
    assert sum(one["text"] == "" for one in found["base_bare"]) == 3  # "three of the five cases"
    return [
        *rows,
        f"fell from {found['loss_before']:.2f} to {found['loss_after']:.2f}",
        f"and {after} of {len(rows)} replies stop within 32 tokens, where {before} did",
        f"--rows 4 --steps {found['steps']}",
    ]


def test_the_page_says_what_was_measured() -> None:
    assert [text for text in [*of_experiments(), *of_the_real_run()] if text not in PAGE] == []


def test_no_figure_is_unexplained() -> None:
    """Every number of two digits or more, or with a fraction, was measured or is given with its source."""
    prose = re.sub(r"```.*?```", "", PAGE[: PAGE.index("## Your turn")], flags=re.DOTALL)
    known = set(GIVEN) | {number for text in [*of_experiments(), *of_the_real_run()] for number in _numbers(text)}
    assert [number for number in _numbers(prose) if len(number) > 1 and number not in known] == []


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,]*(?:\.\d+)*", re.sub(r"(?<=\d)[,.](?=\s|$)", "", text))


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
