"""The figures on the page of `pretraining`, computed again with the reference or taken from what was measured.

pytest tests/lessons/pretraining/test_page.py
"""

from __future__ import annotations

import json
import math
import re
import runpy
from pathlib import Path

import pytest
import torch

from autograder.experiments import load_file

ROOT = Path(__file__).resolve().parents[3]
LESSON = ROOT / "exercises" / "pretraining"
PAGE = (LESSON / "README.md").read_text(encoding="utf-8")
PROSE = " ".join(PAGE.split())  # figures may stand at the end of a line
REFERENCE = runpy.run_path(str(ROOT / "solutions" / "pretraining" / "pretraining.py"))
ARMS = ("good", "high", "low", "few", "noise", "early")

# What the page takes from elsewhere, and settings, which are held against the experiments' own below.
GIVEN = {
    "10": "steps later; between two looks; the million numbers of a shape; ids of a stream",
    "16": "windows in a batch; batches that are averaged",
    "24": "tokens of a window",
    "35": "the step that is worked by hand",
    "40": "steps before the stop",
    "48": "width",
    "50": "steps of a warmup, of a schedule that is too short",
    "80": "steps of the run that stops",
    "100": "steps of the real run",
    "110": "steps of the schedule that is drawn",
    "120": "steps before the noise",
    "200": "steps",
    "300": "steps",
    "320": "batches that one model is asked for",
    "115,200": "tokens that are read",
    "0.6": "a gradient that is clipped",
    "0.8": "a gradient that is clipped",
    "6e-4": "the peak that is drawn",
    "2013": "year of a paper",
    "2017": "year of a paper",
    "2019": "year of a paper",
}


def measured(name: str) -> dict[str, tuple[float, float]]:
    """Smallest and largest value of every number of an experiment over its five seeds."""
    found = json.loads((LESSON / "measured" / f"{name}.json").read_text(encoding="utf-8"))
    assert found["state"] == "holds" and len(found["seeds"]) == 5
    return {key: (value["min"], value["max"]) for key, value in found["spread"].items()}


def span(pair: tuple[float, float], form: str = "{:.2f}") -> str:
    low, high = (form.format(one) for one in pair)
    return low if low == high else f"{low} to {high}"


def settings(name: str):
    return load_file(LESSON / "experiments" / f"{name}.py")


def by_hand() -> dict[str, str]:
    """The example of AdamW, the rate at step 35, the windows."""
    parameter = torch.tensor([2.0], dtype=torch.float64)
    REFERENCE["adamw_step"](parameter, torch.tensor([0.5], dtype=torch.float64), {}, 0.1, (0.9, 0.99), 0.1, 0.5)
    rate = REFERENCE["learning_rate"](35, 6e-4, 6e-5, 10, 110)
    cosine = math.cos(math.pi / 4)
    assert rate == pytest.approx(6e-5 + 2.7e-4 * (1 + cosine))
    return {
        f"step: 0.1 · 0.5 / (0.5 + 0.1) = {0.1 * 0.5 / 0.6:.5f} p = {parameter.item():.5f}": "adamw_step",
        "decay: 0.1 · 0.5 · 2 = 0.1": "arithmetic",
        "m = 0.1 · 0.5 = 0.05 corrected: 0.05 / (1 - 0.9) = 0.5": "arithmetic",
        "v = 0.01 · 0.25 = 0.0025 corrected: 0.0025 / (1 - 0.99) = 0.25": "arithmetic",
        f"0.1 · 0.05 / (0.05 + 0.1) = {0.1 * 0.05 / 0.15:.5f}": "without the corrections",
        f"cos(π / 4) = {cosine:.4f}, and the rate is 6e-5 + 2.7e-4 · {1 + cosine:.4f} = {1e4 * rate:.3f}e-4": "step 35",
        f"{10 - 4} windows of 4": "N - T",
    }


def spikes() -> dict[str, str]:
    clip, name = measured("clipping_takes_a_spike"), "clipping_takes_a_spike"
    before = span(clip["before"])
    found = {
        f"{span(clip['norm_usual'], '{:.1f}')} is an ordinary norm": name,
        f"The norm of its gradient is {span(clip['norm_noise'], '{:.1f}')}": name,
    }
    for arm, said in (
        ("ordinary", "an ordinary batch, limit 1"),
        ("clipped", "noise, limit 1"),
        ("unclipped", "noise, no limit"),
    ):
        found[f"| {said} | {before} | {span(clip[f'later_{arm}'])} | {span(clip[f'end_{arm}'])} |"] = name
    return found


def runs() -> dict[str, str]:
    """The table of the six curves, that of warmup, that of counting, that of resuming, and what is said of batches."""
    found = {}
    curves = measured("curves_tell")
    said = {
        "good": "as it should be",
        "high": "rate too high (a peak of 0.3)",
        "low": "rate too low (0.0002)",
        "few": "too little text (500 tokens)",
        "noise": "three batches of noise, no limit",
        "early": "schedule too short (60 steps)",
    }
    for arm in ARMS:
        cells = " | ".join(span(curves[f"{what}_{arm}"]) for what in ("last", "half", "end"))
        found[f"| {said[arm]} | {cells} |"] = "curves_tell"
    found[f"run with little text was {span(curves['lowest_few'])}"] = "curves_tell"
    warmup = measured("warmup_lets_a_high_rate_pay")
    for rate, name in (("0.003", "low"), ("0.03", "high")):
        cells = " | ".join(span(warmup[f"{arm}_{name}"]) for arm in ("without", "with"))
        found[f"| {rate} | {cells} |"] = "warmup_lets_a_high_rate_pay"
    counted = measured("a_short_run_beats_counting")
    for key, words in (
        ("counted_single", "counted single tokens"),
        ("counted_pairs", "counted pairs"),
        ("gpt", "the GPT"),
        ("counted_triples", "counted triples"),
    ):
        found[f"| {words} | {span(counted[key])} |"] = "a_short_run_beats_counting"
    found[f"some {span(counted['seconds'], '{:.0f}')} CPU-seconds"] = "a_short_run_beats_counting"
    found[f"hangs near {span(counted['counted_single'], '{:.1f}')}, which is what counting single"] = "the same"
    resumed = measured("resumed_is_never_stopped")
    for arm, words in (
        ("optimizer", "what AdamW remembers"),
        ("step", "the step, so the schedule begins anew"),
        ("batches", "where it was in the text"),
        ("generator", "the generator that dropout draws from"),
    ):
        gap = span(resumed[f"gap_{arm}"])
        found[f"| {words} | {gap} | {span(resumed[f'loss_{arm}'])} |"] = "resumed_is_never_stopped"
    assert resumed["gap_resumed"] == (0, 0) and resumed["loss_resumed"] == resumed["loss_never"]
    found[f"| nothing | 0 | {span(resumed['loss_resumed'])} |"] = "resumed_is_never_stopped"
    scatter = measured("batches_scatter")
    share = span(tuple(100 * one for one in scatter["share_up"]), "{:.0f}")
    return found | {
        f"the loss of the batch rises at {share}% of the steps": "batches_scatter",
        f"it rose {span(scatter['held_out_up'], '{:.0f}')} of 6 times": "the same",
        f"and fell by {span(scatter['late_fall'])}": "the same",
        f"their losses have a spread of {span(scatter['spread_one'], '{:.3f}')}": "the same",
        f"the means of 16 at a time spread by {span(scatter['spread_together'], '{:.3f}')}": "the same",
    }


def real_run() -> dict[str, str]:
    run = json.loads((LESSON / "measured" / "real_run.json").read_text(encoding="utf-8"))
    bits = run["held_out"][-1] / math.log(2) / run["bytes_a_token"]
    return {
        f"{run['numbers']:,} numbers": "the real run",
        f"went from {run['held_out'][0]:.2f} to {run['held_out'][-1]:.2f} nats a token": "the same",
        f"which is {bits:.2f} bits a byte": "the same",
    }


def computed() -> dict[str, str]:
    """Text on the page → where it comes from."""
    return by_hand() | spikes() | runs() | real_run()


@pytest.mark.parametrize("text", computed())
def test_the_page_says_what_comes_out(text: str) -> None:
    assert text in PROSE


def test_settings_on_the_page_are_the_experiments() -> None:
    warmup, clip = settings("warmup_lets_a_high_rate_pay"), settings("clipping_takes_a_spike")
    assert (list(warmup.RATES.values()), warmup.WARMUPS["with"]) == ([0.003, 0.03], 50)
    assert f"{warmup.LAYERS} layers, {warmup.STEPS} steps, no clipping" in PROSE
    assert f"after {clip.AT} good ones" in PROSE and f"after {clip.STEPS} steps |" in PAGE
    assert clip.LATER == 10 and clip.LIMIT == 1
    counting = settings("a_short_run_beats_counting")
    shared = settings("_shared")
    assert f"2 layers, {shared.Shape(1).width} wide, {counting.STEPS} steps" in PROSE and shared.Shape(1).layers == 2
    assert f"{counting.STEPS} steps of {shared.ROWS} windows of {shared.LENGTH} tokens" in PROSE
    assert f"{counting.STEPS * shared.ROWS * shared.LENGTH:,} tokens" in PROSE
    scatter = settings("batches_scatter")
    assert f"{scatter.ASKED} different batches" in PROSE and scatter.TOGETHER == 16
    assert scatter.STEPS // 2 // scatter.EVERY == 6
    curves = settings("curves_tell")
    assert (curves.HIGH, curves.LOW, curves.EARLY, curves.FEW, curves.BAD) == (0.3, 2e-4, 60, 500, 3)
    assert f"{curves.STEPS} steps each" in PROSE and f"every {curves.EVERY} steps" in PROSE
    resumed = settings("resumed_is_never_stopped")
    assert f"A run of {resumed.STEPS} steps with dropout stops after {resumed.STOP}" in PROSE


def test_drawn_and_clipped_figures_are_those_of_the_text() -> None:
    assert "Peak 6e-4, floor 6e-5, a warmup of 10 steps, 110 in all" in PROSE
    drawn = (LESSON / "pictures" / "draw.py").read_text(encoding="utf-8")
    assert "peak, floor, warmup, total, steps = 6e-4, 6e-5, 10, 110, 130" in drawn
    parts = [torch.zeros(1, requires_grad=True) for _ in range(2)]
    for part, value in zip(parts, (3.0, 4.0), strict=True):
        part.grad = torch.tensor([value])
    assert REFERENCE["clip_gradients"](parts, 1.0) == 5
    assert [round(part.grad.item(), 4) for part in parts] == [0.6, 0.8]
    assert "the gradients 3 and 4, of norm 5, become 0.6 and 0.8" in PROSE


def test_the_answers_are_those_of_the_picture() -> None:
    """The letter of each run in six_runs.svg, and the first words of its answer."""
    quiz = re.search(r"QUIZ = \((.*?)\)", (LESSON / "pictures" / "draw.py").read_text(encoding="utf-8")).group(1)
    order = re.findall(r'"(\w+)"', quiz)
    assert sorted(order) == sorted(ARMS)
    words = {
        "good": "Nothing, this is the good one",
        "high": "The rate is too high",
        "low": "The rate is too low",
        "few": "Too little text",
        "noise": "Bad batches",
        "early": "The schedule ended too early",
    }
    answers = re.findall(r"<summary>([A-F])</summary>\s+(.*?)\s*</details>", PAGE, re.DOTALL)
    assert [letter for letter, _ in answers] == list("ABCDEF")
    for arm, (_, answer) in zip(order, answers, strict=True):
        assert answer.startswith(words[arm])


def test_no_figure_is_unexplained() -> None:
    """Every number of two digits or more is computed above or given with its source."""
    start, end = PROSE.index("## Your turn"), PROSE.index("## Did it stick?")
    prose = re.sub(r"\]\([^)]*\)|\w+#\d+|\[#\d+|\$\$.*?\$\$", "", PROSE[:start] + PROSE[end:])
    known = set(GIVEN) | {number for text in computed() for number in numbers(text)}
    assert [number for number in numbers(prose) if len(number) > 1 and number not in known] == []


def numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,]*(?:\.\d+)?(?:e-\d+)?", re.sub(r"(?<=\d)[,.](?=\s|$)", "", text))
