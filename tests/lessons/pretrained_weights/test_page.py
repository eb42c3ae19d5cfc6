"""The figures on the page of `pretrained_weights`, computed again with the references or taken from what was measured.

pytest tests/lessons/pretrained_weights/test_page.py
"""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest
import torch
from torch import nn

from autograder.experiments import load_file

ROOT = Path(__file__).resolve().parents[3]
LESSON = ROOT / "exercises" / "pretrained_weights"
PAGE = (LESSON / "README.md").read_text(encoding="utf-8")
PROSE = " ".join(PAGE.split())  # figures may stand at the end of a line
REFERENCE = runpy.run_path(str(ROOT / "solutions" / "pretrained_weights" / "pretrained_weights.py"))
GPT = runpy.run_path(str(ROOT / "solutions" / "gpt" / "gpt.py"))
TABLE = load_file(LESSON / "experiments" / "every_mistake_loads.py")
HEADS = load_file(LESSON / "experiments" / "heads_are_not_in_the_file.py").HEADS

# What the page takes from elsewhere, and settings.
GIVEN = {
    "12": "blocks of GPT-2, and tensors in each",
    "124": "million numbers of GPT-2",
    "24": "tokens that are compared, and written",
    "16": "bits",
    "64": "width of a head of OpenAI's models, checked below",
    "32": "width of a head of the course's model, checked below",
    "100": "tokens of a question",
    "768": "width of GPT-2",
    "2304": "three times that",
    "7e-06": "gap_filled of the claim takes_trained_weights of gpt, checked below",
    "1e-4": "atol of compare_logits, checked below",
    "1e-2": "a tolerance that is too wide, checked below",
    "1e-6": "an eps; also a difference of a question",
    "1e-5": "an eps",
    "0.35": "percent, of pocket-tts#278",
    "2019": "year of a paper",
}


def measured(name: str, lesson: Path = LESSON) -> dict[str, tuple[float, float]]:
    """Smallest and largest value of every number of an experiment over its five seeds."""
    found = json.loads((lesson / "measured" / f"{name}.json").read_text(encoding="utf-8"))
    assert found["state"] == "holds" and len(found["seeds"]) == 5
    return {key: (value["min"], value["max"]) for key, value in found["spread"].items()}


def span(pair: tuple[float, float], form: str = "{:.2f}") -> str:
    low, high = (form.format(one) for one in pair)
    return low if low == high else f"{low} to {high}"


def percent(pair: tuple[float, float]) -> str:
    return span((100 * pair[0], 100 * pair[1]), "{:.0f}") + "%"


def by_hand() -> dict[str, str]:
    """What the second of two places reads, with all matrices the identity."""
    found = {}
    for heads in (1, 2):
        attention = GPT["CausalSelfAttention"](GPT["GPTConfig"](5, 4, 2, 1, heads))
        with torch.no_grad():
            for parameter in attention.parameters():
                parameter.copy_(torch.eye(2).repeat(len(parameter) // 2, 1) if parameter.ndim == 2 else 0)
            first, second = (round(one, 4) for one in attention(torch.eye(2)[None])[0, 1].tolist())
        found[f"({first:g}, {second:g})"] = f"{heads} heads"
    x, weight = torch.tensor([1.0, 2.0]), torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    right, wrong = (nn.functional.linear(x, one).tolist() for one in (weight.T, weight))
    assert right == (x @ weight).tolist()
    weights = torch.tensor([0.0, 1.0]).softmax(0).tolist()
    return found | {
        "= ({:g}, {:g}), \\qquad".format(*right): "turned",
        "^\\top = ({:g}, {:g})".format(*wrong): "not turned",
        f"the weights {weights[0]:.4f} and {weights[1]:.4f}": "softmax",
    }


def tables() -> dict[str, str]:
    """The three tables of measured figures, row by row."""
    mistakes, heads, filled = (
        measured(name) for name in ("every_mistake_loads", "heads_are_not_in_the_file", "weights_are_the_knowledge")
    )
    found = {}
    for name in (TABLE.NOTHING, *TABLE.MISTAKES):
        gap = mistakes[f"gap_{name}"]
        form = "{:.1f}" if gap[1] > 1 or gap[1] == 0 else "{:.3f}" if gap[1] > 0.02 else "{:.4f}"
        cells = span(gap, form), percent(mistakes[f"same_{name}"]), percent(mistakes[f"texts_{name}"])
        known = span(mistakes[f"capitals_{name}"], "{:.0f}")
        found[f"| {' | '.join(cells)} | {known} |"] = f"every_mistake_loads, {name}"
    for number in HEADS:
        n, said = f"{number}", f"**{number}**" if number == heads["true"][0] else f"{number}"
        count, known = heads[f"numbers_{n}"][0], heads[f"capitals_{n}"]
        row = f"| {said} | {count:,} | {span(heads[f'gap_{n}'], '{:.1f}')} | {span(known, '{:.0f}')} |"
        found[row] = "heads_are_not_in_the_file"
    said = {"loaded": "loaded", "untrained": "untrained", "mixed": "loaded, then each tensor's numbers mixed"}
    for arm, words in said.items():
        known = f"{span(filled[f'capitals_{arm}'], '{:.0f}')} of {filled['asked'][0]}"
        row = f"| {words} | {filled[f'numbers_{arm}'][0]:,} | {known} | {span(filled[f'loss_{arm}'])} |"
        found[row] = "weights_are_the_knowledge"
    return found


def computed() -> dict[str, str]:
    """Text on the page → where it comes from."""
    mistakes = measured("every_mistake_loads")
    run = json.loads((LESSON / "measured" / "real_run.json").read_text(encoding="utf-8"))
    stopped = [mistakes[f"gap_{name}"][0] for name in TABLE.MISTAKES if mistakes[f"gap_{name}"][0] > 1e-4]
    inside, outside = len(REFERENCE["IN_EACH_BLOCK"]), len(REFERENCE["OUTSIDE_BLOCKS"])
    off = (f"{run[dtype]['max_difference']:.1e} in {dtype}" for dtype in ("float32", "float64"))
    return (
        by_hand()
        | tables()
        | {
            f"the nearest mistake is {min(stopped):.4f} off": "every_mistake_loads",
            f"{mistakes['more_untied'][0]:,} numbers too many": "the same",
            f"(their spread is {span(mistakes['spread'], '{:.1f}')})": "the same",
            f"{inside} tensors in each of 12 blocks and {outside} outside, {12 * inside + outside} in all": "names",
            f"{run['tensors']} tensors, one of them the head": "the real run",
            f"{run['numbers']:,} numbers, and logits that differ from the library's by {' and by '.join(off)}": "it",
            f"why care about {mistakes['gap_erf'][0]:.4f}?": "every_mistake_loads",
        }
    )


@pytest.mark.parametrize("text", computed())
def test_the_page_says_what_comes_out(text: str) -> None:
    assert text in PROSE


def test_no_figure_is_unexplained() -> None:
    """Every number of two digits or more is computed above or given with its source."""
    start, end = PROSE.index("## Your turn"), PROSE.index("## Did it stick?")
    prose = re.sub(r"\]\([^)]*\)|\w+#\d+|(fp|bf|float)\d+", "", PROSE[:start] + PROSE[end:])
    known = set(GIVEN) | {number for text in computed() for number in numbers(text)}
    assert [number for number in numbers(prose) if len(number) > 1 and number not in known] == []


def numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,]*(?:\.\d+)?(?:e-\d+)?", re.sub(r"(?<=\d)[,.](?=\s|$)", "", text))


def test_what_is_said_of_levels_is_what_was_measured() -> None:
    mistakes = measured("every_mistake_loads")
    known = [name for name in TABLE.MISTAKES if mistakes[f"capitals_{name}"] == mistakes[f"capitals_{TABLE.NOTHING}"]]
    assert len(TABLE.MISTAKES) == 13 and len(known) == 6 and "no_norm" in known
    assert [name for name in TABLE.MISTAKES if mistakes[f"more_{name}"][0]] == ["untied"]
    assert [name for name in TABLE.MISTAKES if mistakes[f"agree_{name}"][1]] == ["beyond"]
    assert mistakes["texts_erf"] == mistakes["texts_eps"] == (1, 1) and mistakes["texts_beyond"] == (0, 0)
    assert 7e-6 < measured("takes_trained_weights", ROOT / "exercises" / "gpt")["gap_filled"][1] < 8e-6
    assert 1e-4 < mistakes["gap_erf"][1] < 1e-2
    assert REFERENCE["compare_logits"].__defaults__ == (1e-4,)


def test_width_over_64_is_the_heads_of_openais_models_and_not_of_the_courses() -> None:
    assert all(width / 64 == heads for width, heads in ((768, 12), (1024, 16), (1280, 20), (1600, 25)))
    config = json.loads((ROOT / "autograder" / "backbone" / "tiny" / "config.json").read_text(encoding="utf-8"))
    assert (config["n_embd"] / config["n_head"], config["n_embd"] / 64) == (32, 2)
    assert {"activation_function", "layer_norm_epsilon"} <= config.keys()


def test_a_square_matrix_is_copied_either_way_and_the_others_are_not() -> None:
    for shape, fits in (((768, 2304), False), ((768, 768), True), ((768, 3072), False), ((3072, 768), False)):
        linear = torch.empty(shape[::-1])
        if fits:
            linear.copy_(torch.zeros(shape))
        else:
            with pytest.raises(RuntimeError):
                linear.copy_(torch.zeros(shape))


def test_copy_stretches_a_single_number_and_a_view_is_no_copy() -> None:
    assert torch.zeros(4).copy_(torch.ones(1)).tolist() == [1, 1, 1, 1]
    file = torch.zeros(2, 3)
    file.T.add_(1)
    assert file.sum() == 6
