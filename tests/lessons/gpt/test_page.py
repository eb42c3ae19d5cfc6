"""The figures on the page of `gpt`, computed again with the reference or taken from what was measured.

pytest tests/lessons/gpt/test_page.py
"""

from __future__ import annotations

import json
import math
import re
import runpy
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

ROOT = Path(__file__).resolve().parents[3]
LESSON = ROOT / "exercises" / "gpt"
PAGE = (LESSON / "README.md").read_text(encoding="utf-8")
PROSE = " ".join(PAGE.split())  # figures may stand at the end of a line
REFERENCE = runpy.run_path(str(ROOT / "solutions" / "gpt" / "gpt.py"))
GPT2 = REFERENCE["GPTConfig"](50_257, 1_024, 768, 12, 12)

# What the page takes from elsewhere, and settings.
GIVEN = {
    "124": "million numbers of GPT-2",
    "12": "layers of GPT-2; prompts",
    "24": "layers",
    "64": "width, tokens",
    "128": "width of the streams",
    "768": "width of GPT-2",
    "2,048": "tokens of the course's model",
    "50,257": "tokens of GPT-2",
    "5,000": "tokens written",
    "0.02": "the start's deviation",
    "500": "steps between two samples",
    "300": "lines of nanoGPT's model",
    "252": "guesses of the real run: 4 rows of 63, checked below",
    "1e-6": "an eps",
    "1e-5": "an eps",
    "1e-4": "the bound of takes_trained_weights",
    "38.6": "million numbers, checked below",
    "5.14": "a version of transformers",
    "6.9": "a first loss, checked below",
    "2.3": "section of a paper",
    "2016": "year of a paper",
    "2019": "year of a paper",
    "1608.05859": "arXiv number",
}


def measured(name: str) -> dict[str, tuple[float, float]]:
    """Smallest and largest value of every number of an experiment over its five seeds."""
    found = json.loads((LESSON / "measured" / f"{name}.json").read_text(encoding="utf-8"))
    assert found["state"] == "holds" and len(found["seeds"]) == 5
    return {key: (value["min"], value["max"]) for key, value in found["spread"].items()}


def span(pair: tuple[float, float], form: str = "{:.2f}") -> str:
    low, high = (form.format(one) for one in pair)
    return low if low == high else f"{low} to {high}"


def shapes() -> dict[str, int]:
    """How many numbers each tensor of GPT-2's shape has."""
    with torch.device("meta"):
        model = REFERENCE["GPT"](GPT2)
    return {name: tensor.numel() for name, tensor in REFERENCE["tensors_of"](model).items()}


def sizes() -> dict[str, str]:
    """The table of GPT-2's numbers, and what is said of it elsewhere."""
    counts, total = shapes(), sum(shapes().values())
    found, share = {}, {}
    for part, said in (("wte.", "token table, 50,257 · 768"), ("wpe.", "position table, 1,024 · 768")):
        share[part] = counts[f"{part}weight"]
        found[f"| {said} | {share[part]:,} |"] = "GPT-2"
    for part, said in (("attn.", "attention of 12 blocks"), ("mlp.", "feed-forward of 12 blocks"), ("ln_", "norms")):
        share[part] = sum(size for name, size in counts.items() if part in name)
        found[f"| {said} | {share[part]:,} |"] = "GPT-2"
    assert sum(share.values()) == total
    percent = [f"{share[part] / total:.1%}" for part in ("wte.", "attn.", "mlp.")]
    return found | {
        f"A list of {len(counts)} tensors": "GPT-2",
        f"**{total:,}**": "GPT-2",
        f"| with an output of its own | {total + share['wte.']:,} |": "GPT-2",
        f"<code>parameter_table</code> says {total + share['wte.']:,}": "GPT-2",
        f"{percent[0]} in the token table, {percent[1]} in attention, {percent[2]} in the feed-forward": "GPT-2",
        f"saves GPT-2 {share['wte.'] / 1e6:.1f} million numbers": "GPT-2",
    }


def list_for_module_list() -> dict[str, str]:
    """What PyTorch finds where blocks stand in a Python list."""
    model = REFERENCE["GPT"](REFERENCE["GPTConfig"](2_048, 256, 128, 4, 4))
    whole = sum(parameter.numel() for parameter in model.parameters())
    blocks = list(model.blocks)
    del model.blocks
    model.blocks = blocks
    found = sum(parameter.numel() for parameter in model.parameters())
    assert model(torch.zeros(1, 3, dtype=torch.int64)).shape == (1, 3, 2_048)
    return {f"has {whole:,} numbers": "the course's model", f"the optimizer gets {found:,} of them": "and with a list"}


def computed() -> dict[str, str]:
    """Text on the page → where it comes from."""
    loss, stream = measured("first_loss_is_known"), measured("stream_keeps_its_size")
    text, poured = measured("untrained_text_is_uniform"), measured("takes_trained_weights")
    run = json.loads((LESSON / "measured" / "real_run.json").read_text(encoding="utf-8"))
    assert measured("tying_saves_a_table")["table"] == (sum(shapes().values()),) * 2
    starts = {
        "init_weights": "`init_weights`: N(0, 0.02)",
        "own_narrow_table": "PyTorch's own starts, but a narrow token table",
        "own": "PyTorch's own starts",
        "wide_table": "`init_weights`, but a token table N(0, 1)",
    }
    found = sizes() | list_for_module_list()
    for name, said in starts.items():
        form = "{:.2f}" if loss[f"start_{name}"][0] < 10 else "{:.1f}"
        found[f"| {said} | {span(loss[f'start_{name}'], form)} |"] = "first_loss_is_known"
    for name, said in (("scaled", "0.02 / √(2 · layers)"), ("root_layers", "0.02 / √layers"), ("plain", "0.02")):
        cells = " | ".join(span(stream[f"growth_{name}_{layers}"]) for layers in (2, 12, 24))
        found[f"| {said} | {cells} |"] = "stream_keeps_its_size"
    above = {width: [one - math.log(2_048) for one in loss[f"width_{width}"]] for width in (64, 768)}
    extra = {width: 0.02**2 * width / 2 for width in (64, 768)}
    deeper = " and ".join(span(stream[f"growth_plain_{layers}"]) for layers in (12, 24))
    kept = min(poured["same_erf_gelu"][0], poured["same_eps"][0])
    return found | {
        f"{math.log(2_048):.3f} for the 2,048 tokens of the course's model, and {math.log(50_257):.3f} for": "ln V",
        f"ln 2,048 = {math.log(2_048):.3f}": "ln V",
        f"{extra[64]:.3f} at width 64, {extra[768]:.3f} at 768": "half the variance of the logits",
        f"Measured: {span(above[64])}, and {span(above[768])}": "first_loss_is_known",
        f"begins near {math.log(50_257) + extra[768]:.2f}": "the two together",
        f"the table above has {deeper}": "stream_keeps_its_size",
        f"entropy of {span([100 * one for one in text['share_text']])}% of ln 64": "untrained_text_is_uniform",
        f"one expects {1 - 63 / 10_000 / math.log(64):.2%}": "(V - 1) / (2 · draws) nats short",
        f"about {span(text['again_narrow'], '{:.1f}')} times as likely as chance at width 64": "the same",
        f"{span(text['again_wide'], '{:.1f}')} times at 768": "the same",
        f"entropy is {span([100 * one for one in text['share_wide']], '{:.1f}')}% of ln V, at 64 it is "
        f"{text['share_narrow'][0]:.1%}": "the same",
        f"over 12 prompts is {poured['gap_filled'][1]:.1e}": "takes_trained_weights",
        f"Before it was {span(poured['gap_untrained'], '{:.0f}')}, and none": "the same",
        f"{poured['gap_erf_gelu'][1]:.4f} off, an eps of 1e-6 for 1e-5 {poured['gap_eps'][1]:.4f}": "the same",
        f"the first choices are the same in {kept:.0%} of places": "the same",
        f"the first loss was {run['first_loss']:.3f}": "the real run",
        f"before the tenth step on that one batch it was below {math.ceil(10 * run['losses'][9]) / 10}": "its losses",
        f"ends {run['stream']:.1f} times as wide": "the real run",
        f"at {run['seconds_a_step']:.0f} seconds a step": "the real run",
    }


@pytest.mark.parametrize("text", computed())
def test_the_page_says_what_comes_out(text: str) -> None:
    assert text in PROSE


def test_no_figure_is_unexplained() -> None:
    """Every number of two digits or more is computed above or given with its source."""
    start, end = PROSE.index("## Your turn"), PROSE.index("## Did it stick?")
    prose = re.sub(r"\]\([^)]*\)|\w+#\d+", "", PROSE[:start] + PROSE[end:])
    known = set(GIVEN) | {number for text in computed() for number in numbers(text)}
    assert [number for number in numbers(prose) if len(number) > 1 and number not in known] == []


def numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,]*(?:\.\d+)?(?:e-\d+)?", re.sub(r"(?<=\d)[,.](?=\s|$)", "", text))


def test_targets_that_are_not_shifted_cost_less_than_knowing_nothing() -> None:
    torch.manual_seed(0)
    model = REFERENCE["GPT"](REFERENCE["GPTConfig"](2_048, 64, 64, 2, 4))
    REFERENCE["init_weights"](model)
    ids = torch.randint(2_048, (16, 64))
    with torch.no_grad():
        loss = F.cross_entropy(model(ids).flatten(0, 1), ids.flatten()).item()
    assert f"its first loss is {loss:.1f}" in PROSE and loss < math.log(2_048) - 0.5


def test_attention_as_a_function_drops_whatever_the_mode() -> None:
    q = torch.randn(1, 1, 8, 4)
    one, other = (F.scaled_dot_product_attention(q, q, q, dropout_p=0.5, is_causal=True) for _ in range(2))
    assert not torch.equal(one, other)


def test_the_real_run_guesses_as_often_as_the_page_says() -> None:
    text = (LESSON / "real_run.py").read_text(encoding="utf-8")
    rows, length = map(int, re.search(r"ROWS, LENGTH = (\d+), (\d+)", text).groups())
    assert f"{rows * (length - 1)} guesses" in PROSE
