"""Every figure on lora's page is computed again with the reference, and no other figure stands there.

pytest tests/lessons/lora/test_page.py
"""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[3]
LESSON = ROOT / "exercises" / "lora"
PAGE = (LESSON / "README.md").read_text(encoding="utf-8")
REFERENCE = runpy.run_path(str(ROOT / "solutions" / "lora" / "lora.py"))
memory_estimate, to_gigabytes = REFERENCE["memory_estimate"], REFERENCE["to_gigabytes"]
lora_parameter_count, kv_cache_bytes = REFERENCE["lora_parameter_count"], REFERENCE["kv_cache_bytes"]

GPT2, SEVEN = 124_439_808, 7_000_000_000
ADAPTER = 2 * 32 * lora_parameter_count(4096, 4096, 8)

# What the page takes from elsewhere: sizes of GPUs and models, settings, names, and one published result.
GIVEN = {
    "24": "GB of an RTX 4090, as its maker says",
    "4090": "its name",
    "40": "GB of an A100, as its maker says",
    "80": "GB of the larger A100",
    "2": "of 2^20",
    "20": "of 2^20",
    "24,564": "MiB of an RTX 4090, as nvidia-smi says",
    "40,960": "MiB of an A100",
    "81,920": "MiB of the larger A100",
    "100": "its name",
    "7": "billion parameters",
    "7,000,000,000": "the same",
    "10": "of 10^9",
    "9": "of 10^9",
    "32": "blocks and query heads; bits of a number",
    "16": "bits of a number; also 16 bytes with a master copy",
    "8": "rank, KV heads, bits",
    "4": "bits",
    "64": "weights in a block",
    "256": "scales in a block",
    "768": "width of GPT-2",
    "12": "blocks of GPT-2; also bytes a parameter",
    "128": "size of a head of Llama 3 8B",
    "1,024": "positions of GPT-2",
    "8,192": "tokens",
    "4,096": "width of the blocks",
    "3": "Llama 3",
    "2021": "year of the paper",
    "2106.09685": "arXiv number",
    "1910.02054": "arXiv number",
    "2405.09673": "arXiv number",
    "2312.03732": "arXiv number",
    "2019": "year of a paper",
    "2023": "year of a paper",
    "2024": "year of a paper",
    "95.1": "Hu et al., table 2: RoBERTa base on SST-2 with LoRA",
    "0.2": "its spread",
    "0.3": "million trained, without the head",
    "125": "million trained without LoRA",
    "94.8": "the result of finetuning all",
    "0": "of B = 0",
    "0.1": "of a version, 0.1.2",
    "05": "of e-05",
}


def of_experiments() -> list[str]:
    """Text on the page, with what was measured over five seeds."""

    def span(name: str, number: str, form: str = "{:.1f}", times: float = 1) -> str:
        found = json.loads((LESSON / "measured" / f"{name}.json").read_text(encoding="utf-8"))["spread"][number]
        low, high = (form.format(times * found[end]) for end in ("min", "max"))
        return low if low == high else f"{low} to {high}"

    right = {name: span("refinement", f"accuracy_{name}", "{:.1f}", 100) for name in ("lora", "full")}
    return [
        f"{span('low_rank_update', 'share', '{:.0f}', 100)}% of its energy; of a random matrix of that size they hold "
        f"{span('low_rank_update', 'share_random', '{:.0f}', 100)}%",
        f"| nothing | 0 | {span('refinement', 'accuracy_base', '{:.0f}', 100)}% |",
        f"| LoRA, rank 8 | {span('refinement', 'share_trained', '{:.1f}', 100)}% | {right['lora']}% |",
        f"| everything | 100% | {right['full']}% |",
        f"gains {span('rank_4_or_64', 'gain', times=100)} points more, where rank 4 gained "
        f"{span('rank_4_or_64', 'gain_over_base', '{:.0f}', 100)}.",
        f"loss is {span('radical_change', 'loss_lora')} with LoRA and {span('radical_change', 'loss_full')} with full",
    ]


def computed() -> dict[str, str]:
    """Text on the page → where it comes from; each is written as the page writes it."""
    full, gpt2 = memory_estimate(SEVEN), memory_estimate(GPT2)
    lora = memory_estimate(SEVEN, "lora", adapter_params=ADAPTER)
    qlora = memory_estimate(SEVEN, "qlora", weight_bits=4, adapter_params=ADAPTER, block_size=64)
    bare = memory_estimate(SEVEN, "inference", weight_bits=4)
    blocks = memory_estimate(SEVEN, "inference", weight_bits=4, block_size=64)
    scales = blocks["scales"] / 4
    double = bare["total"] + memory_estimate(scales, "inference", weight_bits=8, block_size=256)["total"]
    trained = lora["gradients"] + lora["optimizer"] + lora["adapter"]
    qv = 12 * 2 * lora_parameter_count(768, 768, 8)
    gpus = [mebibytes * 2**20 / 1e9 for mebibytes in (24_564, 40_960, 81_920)]

    def gb(size: float, digits: int = 2) -> str:
        return f"{to_gigabytes(size):.{digits}f} GB"

    return {
        f"| together | {full['total'] / SEVEN:.0f} | {gb(gpt2['total'])} | {gb(full['total'], 0)} |": "full finetuning",
        f"| the weight, bf16 | 2 | {gb(gpt2['weights'])} | {gb(full['weights'], 0)} |": "its parts",
        f"| its gradient, bf16 | 2 | {gb(gpt2['gradients'])} | {gb(full['gradients'], 0)} |": "its parts",
        f"mean m, fp32 | 4 | {gb(gpt2['optimizer'] / 2)} | {gb(full['optimizer'] / 2, 0)} |": "Adam's state",
        f"square v, fp32 | 4 | {gb(gpt2['optimizer'] / 2)} | {gb(full['optimizer'] / 2, 0)} |": "Adam's state",
        f"you need {gb(full['total'], 0)} before": "full finetuning",
        f"which is {gpus[0]:.1f}, {gpus[1]:.1f} and {gpus[2]:.1f} of ours": "GPUs, from their MiB",
        f"An RTX 4090 has {gpus[0]:.1f} GB, an A100 {gpus[1]:.1f} or {gpus[2]:.1f}, and": "the same",
        f"{GPT2:,} parameters": "GPT-2",
        f"16 bytes and {gb(memory_estimate(SEVEN, optimizer_bits=96)['total'], 0)}": "with a master copy",
        f'`memory_estimate(7_000_000_000)["total"]` is {full["total"] / 1e9:.0f}e9': "full finetuning",
        f"({ADAPTER:,}\ntrainable numbers, {100 * ADAPTER / SEVEN:.2f}%)": "the adapter",
        f"| full finetuning | {gb(full['weights'], 0)} | | {gb(full['gradients'] + full['optimizer'], 0)} |": "table",
        f"| LoRA | {gb(lora['weights'], 0)} | | {gb(trained)} | {gb(lora['total'])} |": "table",
        f"of 64 | {gb(qlora['weights'], 1)} | {gb(qlora['scales'])} | {gb(trained)} | {gb(qlora['total'])} |": "table",
        f"of 64 | {gb(blocks['weights'], 1)} | {gb(blocks['scales'])} | | {gb(blocks['total'])} |": "table",
        f"needs about {to_gigabytes(lora['total'] + 2e9):.0f} GB": "LoRA and 2 GB",
        f"the {to_gigabytes(lora['total']):.2f} plus about 2 GB": "LoRA",
        f'"{gb(bare["total"], 1)} in 4 bits"': "without scales",
        f"scale, {scales:,.0f} of them": "scales",
        f"takes {gb(double)}": "double quantization",
        f"# {to_gigabytes(double):.2f}": "double quantization",
        f"holds {kv_cache_bytes(12, 12, 64, 1024, 1, 16) / 1e6:.1f} MB": "the cache of GPT-2",
        f"holds {gb(kv_cache_bytes(32, 8, 128, 8192, 1, 16))}": "the cache of Llama 3 8B",
        f"be\n{gb(kv_cache_bytes(32, 32, 128, 8192, 1, 16))}": "with a KV head for each query head",
        f"that is {lora_parameter_count(768, 768, 8):,} instead of {768 * 768:,}: "
        f"{768 * 768 / lora_parameter_count(768, 768, 8):.0f} times fewer, "
        f"{100 * lora_parameter_count(768, 768, 8) / 768**2:.1f}%": "rank 8 at 768",
        f"{lora_parameter_count(4, 4, 1)} numbers say what the {4 * 4} say": "rank 1 at 4",
        f"trains {qv:,} numbers, {100 * qv / GPT2:.2f}% of GPT-2": "query and value of GPT-2",
    }


def test_the_page_says_what_was_measured() -> None:
    assert [text for text in of_experiments() if text not in " ".join(PAGE.split())] == []


def of_the_real_run() -> dict[str, str]:
    """Text on the page → the one run of real_run.py that was written down (SmolLM2, Rotten Tomatoes)."""
    found = json.loads((LESSON / "measured" / "real_run.json").read_text(encoding="utf-8"))
    assert found["largest gap"] == 0 and found["merged"]["yours"] == found["merged"]["PEFT"]
    seconds = {name: sorted(one)[len(one) // 2] for name, one in found["seconds a step"].items()}
    held, estimate = sum(found["held"]["yours"].values()), found["estimate"]["total"]
    return {
        f"SmolLM2 with {found['numbers']:,} numbers": "the real run",
        f"trained {found['trained']['yours']:,} numbers": "the real run",
        f"{found['saved']['yours']:,} bytes": "the real run",
        f"held {held / 1e6:.1f} MB": "the real run",
        f"{estimate / 1e6:.1f} MB, and": "the real run",
        f"kept {found['kept for gradients']['yours'] / 1e6:.1f} MB more": "the real run",
        f"from {found['loss before']:.2f} to {found['loss after']['yours']:.2f}": "the real run",
        f"all {len(found['loss']['yours'])} steps": "the real run",
        f"took {seconds['yours']:.1f} s with your": "the real run",
        f"{seconds['PEFT']:.1f} s with PEFT's": "the real run",
        f"by {found['merged']['yours'] * 1e5:.1f}e-05": "the real run",
    }


@pytest.mark.parametrize("text", [*computed(), *of_the_real_run()])
def test_the_page_says_what_the_reference_computes(text: str) -> None:
    assert text in PAGE


def test_no_figure_is_unexplained() -> None:
    """Every number of two digits or more, or with a fraction, is computed above or given with its source."""
    prose = PAGE[: PAGE.index("## Your turn")]
    matrix = prose.index("```\n 1 "), prose.index("Every row is a multiple")  # checked on its own, below
    prose = re.sub(r"fp32|bf16|rank_4_or_64", "", prose[: matrix[0]] + prose[matrix[1] :])
    known = set(GIVEN) | {
        number for text in [*computed(), *of_the_real_run(), *of_experiments()] for number in _numbers(text)
    }
    unexplained = [number for number in _numbers(prose) if (len(number) > 1) and number.replace("_", ",") not in known]
    assert unexplained == []


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,_]*(?:\.\d+)?", re.sub(r"(?<=\d)[,.](?=\s|$)", "", text))


def test_a_fifth_of_the_memory_will_do() -> None:
    lora = memory_estimate(SEVEN, "lora", adapter_params=ADAPTER)["total"] + 2e9
    assert 0.15 < lora / memory_estimate(SEVEN)["total"] < 0.2


def test_two_thirds_are_the_optimizers() -> None:
    full = memory_estimate(SEVEN)
    assert full["optimizer"] / full["total"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(("dtype", "expected"), [(torch.float32, 16), (torch.bfloat16, 8)])
def test_bytes_that_a_plain_step_holds(dtype: torch.dtype, expected: int) -> None:
    """4 + 4 + 8 bytes a parameter in fp32, half of that in bf16: Adam's state has the parameter's dtype."""
    model = torch.nn.Linear(300, 200, bias=False, dtype=dtype)
    optimizer = torch.optim.AdamW(model.parameters())
    model(torch.ones(1, 300, dtype=dtype)).sum().backward()
    optimizer.step()
    held = [model.weight, model.weight.grad, *optimizer.state[model.weight].values()]
    held_bytes = sum(
        tensor.numel() * tensor.element_size() for tensor in held if tensor.numel() > 1
    )  # not the step count
    assert held_bytes / model.weight.numel() == expected


def test_the_matrix_of_rank_one() -> None:
    rows = re.search(r"```\n( 1 .*?)```", PAGE, re.DOTALL).group(1).splitlines()
    numbers = [[float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", row)] for row in rows]
    column, row = [line[4] for line in numbers], numbers[1][5:]
    assert [line[:4] for line in numbers] == [[a * b for b in row] for a in column]
