"""The figures on the page of `transformer`, computed again with the reference or taken from what was measured.

pytest tests/lessons/transformer/test_page.py
"""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest
import torch

from autograder.experiments import load_file

ROOT = Path(__file__).resolve().parents[3]
LESSON = ROOT / "exercises" / "transformer"
PAGE = (LESSON / "README.md").read_text(encoding="utf-8")
PROSE = " ".join(PAGE.split())  # figures may stand at the end of a line
REFERENCE = runpy.run_path(str(ROOT / "solutions" / "transformer" / "transformer.py"))

# What the page takes from elsewhere, or says of an example of its own.
GIVEN = {
    "768": "width of GPT-2",
    "12": "heads and blocks of GPT-2",
    "64": "numbers of a head of GPT-2; the width of an attention",
    "24": "blocks of the medium one; tokens of a text",
    "36": "blocks of the large one",
    "48": "blocks of the largest",
    "1,024": "width of the medium one",
    "1,280": "width of the large one",
    "1,600": "width of the largest",
    "1.6": "billion parameters, the largest GPT-2",
    "175": "billion parameters of GPT-3",
    "124": "million parameters",
    "117": "million parameters, as first published",
    "15": "per cent of tokens that BERT is asked for",
    "16": "heads of the course's model",
    "20": "per cent of heads in a translation model",
    "40": "per cent of heads in BERT",
    "0.2": "a loss in a question",
    "10": "a picture",
    "11": "a picture",
    "0.0001": "of the library's logits, which tests/lessons/transformer/test_real_run.py asks for",
    "0.0005": "between the two forms of GELU",
    **{year: "year of a paper" for year in ("2015", "2016", "2017", "2019", "2020", "2022")},
    **{
        number: "arXiv number"
        for number in (
            "1905.10650", "2012.14913", "2002.04745", "2209.11895", "1810.04805", "1910.10683", "2005.14165",
            "2204.05832", "1706.03762", "1607.06450", "1512.03385", "1606.08415", "1608.05859",
        )
    },
}  # fmt: skip


def measured(name: str) -> dict[str, tuple[float, float]]:
    """Smallest and largest value of every number of an experiment over its five seeds."""
    found = json.loads((LESSON / "measured" / f"{name}.json").read_text(encoding="utf-8"))
    assert found["state"] == "holds" and len(found["seeds"]) == 5
    return {key: (value["min"], value["max"]) for key, value in found["spread"].items()}


def settings(name: str):
    return load_file(LESSON / "experiments" / f"{name}.py")


def said(span: tuple[float, float], form: str = ".2f", unit: str = "") -> str:
    """ "2.11 to 2.34", or "2.11" where both are the same."""
    low, high = (format(value, form) for value in span)
    return f"{low}{unit}" if low == high else f"{low} to {high}{unit}"


def percent(span: tuple[float, float], form: str = ".0f") -> str:
    return said((100 * span[0], 100 * span[1]), form, "%")


def computed() -> dict[str, str]:
    """Text on the page → where it comes from."""
    return {**of_gpt2(), **of_examples(), **of_heads(), **of_blocks(), **of_masks()}


def of_gpt2() -> dict[str, str]:
    sizes = {"small": (768, 12), "medium": (1024, 24), "large": (1280, 36), "largest": (1600, 48)}
    counts = {name: REFERENCE["gpt_parameters"](50_257, 1_024, *size) for name, size in sizes.items()}
    small, total = counts["small"], counts["small"]["total"]
    block = REFERENCE["gpt_parameters"](0, 0, 768, 1)["total"] - 2 * 768  # without the last norm
    untied = REFERENCE["gpt_parameters"](50_257, 1_024, 768, 12, tied=False)["total"]
    rows = {"token table": "tokens", "position table": "positions", "attention, 12 blocks": "attention",
            "networks, 12 blocks": "feed_forward"}  # fmt: skip
    return {
        **{f"| {told} | {small[part]:,} | {small[part] / total:.1%} |": "GPT-2" for told, part in rows.items()},
        f"| norms | {small['norms']:,} | {small['norms'] / total:.2%} |": "GPT-2",
        f"| all | {total:,} | |": "GPT-2",
        f"nearly 12 · D² numbers together: {12 * 768**2:,} of {block:,}": "a block",
        f"would make it {untied:,}": "untied",
        f"{counts['medium']['total']:,} (24 blocks, 1,024 wide), {counts['large']['total']:,} (36, 1,280) and "
        f"{counts['largest']['total']:,} (48, 1,600)": "the larger ones",
    }


def of_examples() -> dict[str, str]:
    one, zero = torch.ones(4), torch.zeros(4)
    vector = torch.tensor([1.0, 2, 3, 4])
    shown = ", ".join(f"{value:.4f}" for value in REFERENCE["normalize_layer"](vector, one, zero).tolist())
    unbiased = (vector - vector.mean()) / vector.std()
    spike = torch.tensor([1.0, 0, 0, 0])
    low, high = REFERENCE["gelu"](torch.tensor([-1.0, 3.0])).tolist()
    return {
        f"[1, 2, 3, 4] becomes [{shown}]": "normalize_layer",
        f"gives ±{unbiased[3]:.4f} at the ends": "with x.std()",
        f"begins with {(spike - spike.mean())[0] / spike.std():.1f} for "
        f"{REFERENCE['normalize_layer'](spike, one, zero)[0]:.3f}": "with x.std(), and without",
        f"gelu(-1) = {low:.4f}, gelu(3) = {high:.4f}": "gelu",
    }


def of_heads() -> dict[str, str]:
    cost, heads = measured("heads_cost_nothing"), measured("heads_are_capacity")
    claim = settings("heads_cost_nothing")
    (operations,) = {value for name, span in cost.items() if name.startswith("operations_") for value in span}
    counted = ", ".join(map(str, claim.HEADS[:-1]))
    return {
        f"With {counted} or {claim.HEADS[-1]} heads on a width of {claim.WIDTH}, an attention over two texts of "
        f"{claim.LENGTH} tokens has {cost['numbers'][0]:,} numbers and takes {operations:,} multiplications": "cost",
        f"of its {heads['heads'][0]}, {said(heads['cheap'], 'd')} cost less than "
        f"{settings('heads_are_capacity').CHEAP:.0%} of the loss each": "heads_are_capacity",
        f"the dearest {percent(heads['dearest'], '.1f')}": "heads_are_capacity",
        f"the cheapest {percent(heads['cheapest'], '+.1f')}": "heads_are_capacity",
        f"the loss, {said(heads['loss'])} with every head, is {said(heads['together'])}": "heads_are_capacity",
    }


def of_blocks() -> dict[str, str]:
    depth, halves, copying = (
        measured(name) for name in ("residual_trains_depth", "reads_and_writes", "copying_takes_two_layers")
    )
    later = [span for name, span in halves.items() if re.fullmatch(r"(attention|network)_[1-9]", name)]
    whole = halves["whole"]
    guessing = torch.tensor(float(settings("copying_takes_two_layers").VOCAB)).log()
    return {
        f"{settings('residual_trains_depth').STEPS} steps on reviews": "its settings",
        **{
            f"| {blocks} | {said(depth[f'adds_{blocks}'])} | {said(depth[f'replaces_{blocks}'])} |": "the same"
            for blocks in (2, 6)
        },
        f"how often each token comes has {said(depth['counted'])}": "residual_trains_depth",
        f"The loss is {said(whole)} with all": "reads_and_writes",
        f"the first block's network it is {said(halves['network_0'])}, worse than knowing nothing "
        f"({said(halves['uniform'])})": "reads_and_writes",
        f"the first block's attention {said(halves['attention_0'])}": "reads_and_writes",
        f"Without one of the later halves it is "
        f"{said((min(low for low, _ in later), max(high for _, high in later)))}": "reads_and_writes",
        f"{said(copying['loss_1'])} for one layer and {said(copying['loss_2'])} for two (guessing: {guessing:.2f})": (
            "copying_takes_two_layers"
        ),
        f"{percent(copying['right_1'])} and {percent(copying['right_2'])} of the tokens are right": "the same",
    }


def of_masks() -> dict[str, str]:
    found, claim = measured("leak_looks_brilliant"), settings("leak_looks_brilliant")
    narrow = f"GPT-2's, {claim.NARROW['length']} tokens"
    rows = {"causal": "wide | causal", "one": "wide | one place too far", "all": "wide | none",
            "hidden_causal": f"{narrow} | causal", "hidden_all": f"{narrow} | none"}  # fmt: skip
    return {
        **{
            f"| {told} | {said(found[f'loss_{name}'])} | {said(found[f'honest_{name}'])} |": "leak_looks_brilliant"
            for name, told in rows.items()
        },
        f"It found {said(found['leaks_one'], 'd')} pairs for": "sees_the_future",
        f"{said(found['leaks_all'], 'd')} without a mask, {said(found['leaks_hidden_all'], ',d')} in the last row": (
            "sees_the_future"
        ),
        f"with a spread of {claim.WIDE['spread']}, for texts of {claim.WIDE['length']} tokens; GPT-2's is "
        f"{claim.NARROW['spread']}": "its settings",
    }


@pytest.mark.parametrize("text", computed())
def test_the_page_says_what_comes_out(text: str) -> None:
    assert text in PROSE


def test_no_figure_is_unexplained() -> None:
    """Every number of two digits or more is computed above or given with its source."""
    prose = PROSE[: PROSE.index("## Your turn")] + PROSE[PROSE.index("## Did it stick?") :]
    prose = re.sub(r"[\w/-]*#\d+|github\.com/\S+|https://cdn\S+", "", prose)  # threads of other repositories
    known = set(GIVEN) | {number for text in computed() for number in numbers(text)}
    assert [number for number in numbers(prose) if len(number) > 1 and number not in known] == []


def numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,]*(?:\.\d+)?(?:e-\d+)?", re.sub(r"(?<=\d)[,.](?=\s|$)", "", text))


def test_the_forms_of_gelu_differ_by_half_a_thousandth() -> None:
    line = torch.linspace(-6, 6, 10_001, dtype=torch.float64)
    gap = (REFERENCE["gelu"](line) - torch.nn.functional.gelu(line)).abs().max().item()
    assert 0.0004 < gap < 0.0005


def test_split_and_merged_by_view_alone_it_is_causal_and_sees_half() -> None:
    """What the page says of two heads and eight tokens."""
    torch.manual_seed(0)
    text, width, heads = 8, 8, 2
    x, mask = torch.randn(1, text, width), REFERENCE["causal_mask"](text)
    matrices = [torch.randn(width, width) for _ in range(3)]

    def by_view(x: torch.Tensor) -> torch.Tensor:
        q, k, v = ((x @ matrix).view(1, heads, text, width // heads) for matrix in matrices)
        scores = (q @ k.transpose(-2, -1)).masked_fill(~mask, -torch.inf)
        return (scores.softmax(dim=-1) @ v).reshape(1, text, width)

    moved = []
    for changed in range(text):
        other = x.clone()
        other[:, changed] += 1
        distance = (by_view(other) - by_view(x)).abs().amax(dim=(0, 2))
        moved.append([at for at in range(text) if distance[at] > 1e-6])
    assert moved[0] == [0, 1, 2, 3]
    assert all(min(places) >= changed for changed, places in enumerate(moved))


def test_two_matrices_without_a_bend_are_one() -> None:
    torch.manual_seed(0)
    x, one, other = torch.randn(3, 4), torch.randn(4, 16), torch.randn(16, 4)
    assert torch.allclose((x @ one) @ other, x @ (one @ other), atol=1e-4)
