"""Every lesson's real run on a GPU, with the references: one table, with the card's name.

python tests/benchmarks/bench_gpu.py [--device cuda] [--small] [--lessons L ...] [--out tests/benchmarks/gpu.md]

Nothing is fetched: where a lesson wants GPT-2, it gets one of its true size with random weights and the tiny model's
tokenizer, so that memory and speed are GPT-2's and what it says means nothing. What trains does so under autocast in
bf16; what compares numbers with the library's, in fp32. `--small` takes the tiny model instead, and few steps: with
`--device cpu` it runs anywhere, and tells nothing about a GPU.

Then what one step of AdamW holds is counted and set beside `memory_estimate`: weights, gradients and Adam's two
numbers, all in bf16, without activations.

`pytest -m gpu tests/lessons tests/engine` holds the same runs against their gates.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch  # noqa: E402

from autograder import real_runs  # noqa: E402
from autograder.backbone.load import TINY_FOLDER  # noqa: E402
from autograder.common.lessons import load_course  # noqa: E402
from autograder.scripts import load_module  # noqa: E402

COURSE = load_course(Path(__file__).resolve().parents[2])
OUT = Path(__file__).with_name("gpu.md")
MIB = 2**20
RANK = 8


@dataclass(frozen=True)
class One:
    """A real run: its options, those of a small one, and what is told of its figures. "MODEL" is GPT-2's size."""

    lesson: str
    options: dict[str, Any]
    small: dict[str, Any]
    told: Callable[[dict], str]
    bf16: bool = False
    others: tuple[str, ...] = ()  # lessons whose code it takes besides
    name: str = ""
    call: str = "run"  # the script's function


def fell(losses: list[float]) -> str:
    return f"loss {losses[0]:.3f} to {losses[-1]:.3f}"


def told_of_writing(found: dict) -> str:
    texts = found["writing"]
    step = found["steps"]
    return (
        f"{texts['without']:,.0f} tokens a second without a cache, {texts['with']:,.0f} with one; "
        f"a step {step['fp32']['seconds'] * 1e3:,.0f} ms in fp32, {step['bf16']['seconds'] * 1e3:,.0f} in bf16"
    )


def told_of_lora(found: dict) -> str:
    return f"losses of both differ by {found['largest gap']:.1e}; {fell(found['loss']['yours'])}"


TEXTS = ["Two and two are four. " * 80] * 9
QLORA = {"backbone": "MODEL", "data": "tiny", "steps": 60, "batch": 8, "test": 100, "rank": RANK, "rate": 1e-3}
FEW_QLORA = {"steps": 2, "test": 8}
RUNS = (
    One("language_modeling", {"backbone": "MODEL", "prompts": 200}, {"prompts": 4, "new": 4},
        lambda found: f"{found['prompts']} prompts at {len(found['temperatures'])} temperatures"),
    One("attention", {"backbone": "MODEL"}, {"texts": 2, "tokens": 16},
        lambda found: f"weights off by {max(one['off_weights'] for one in found['layers']):.0e} at most"),
    One("transformer", {"backbone": "MODEL"}, {"rows": 1, "length": 16},
        lambda found: f"logits off by {found['apart']:.0e}, {found['same choice']:.1%} of first choices the same"),
    One("gpt", {"backbone": "none", "steps": 20}, {"backbone": "tiny", "steps": 2},
        lambda found: f"{fell(found['losses'])}, {found['seconds_a_step'] * 1e3:,.0f} ms a step", bf16=True),
    One("pretraining", {"texts": None, "shape": "gpt2", "steps": 60, "rows": 8},
        {"texts": TEXTS, "shape": "small", "steps": 2, "rows": 2},
        lambda found: f"held out: {fell(found['held_out'])}, {found['seconds_a_step'] * 1e3:,.0f} ms a step",
        bf16=True, others=("gpt",)),
    One("efficiency", {"backbone": "none"}, {"backbone": "small", "steps": 1}, told_of_writing),
    One("scaling_laws", {"texts": None, "plan": None}, {"texts": TEXTS},
        lambda found: f"{len(found['runs'])} runs; " + fell([one["loss"] for one in found["runs"]]),
        bf16=True, others=("gpt", "pretraining")),
    One("pretrained_weights",
        {"backbone": "MODEL", "gpt": COURSE.reference("gpt"), "dtype": "float64"}, {},
        lambda found: f"{found['numbers']:,} numbers; off by {found['float32']['max_difference']:.0e} in fp32, "
        f"by {found['float64']['max_difference']:.0e} in fp64", call="start"),
    One("classification",
        {"strategies": ["frozen", "last-2"], "backbone": "MODEL", "data": "tiny", "train": 400, "test": 100,
         "epochs": 1, "batch": 16},
        {"strategies": ["frozen"], "train": 8, "test": 8, "batch": 4},
        lambda found: "; ".join(f"{name}: {fell(one['losses'])}" for name, one in found["strategies"].items()),
        bf16=True),
    One("instruction_tuning", {"backbone": "MODEL", "data": "tiny", "examples": 480, "steps": 60, "rows": 8},
        {"examples": 12, "steps": 2, "rows": 4, "tokens": 2, "held_out": 6},
        lambda found: fell(found["losses"]), bf16=True),
    One("alignment",
        {"backbone": "MODEL", "steps": 40, "rate": 1e-3, "beta": 0.1, "pairs": 4, "test": 8, "most": 20},
        {"steps": 2, "pairs": 2, "test": 2, "most": 2},
        lambda found: fell([one["loss"] for one in found["trace"]]), bf16=True),
    One("lora", {"backbone": "MODEL", "data": "tiny", "steps": 40}, {"steps": 2, "rows": 2, "test": 4}, told_of_lora),
    One("quantization", {"method": "qlora"} | QLORA, FEW_QLORA,
        lambda found: f"{found['bytes'] / MIB:.1f} MiB in the blocks, {fell(found['losses'])}", bf16=True,
        name="quantization, the course's own NF4"),
    One("quantization", {"method": "bnb"} | QLORA, FEW_QLORA,
        lambda found: f"{found['bytes'] / MIB:.1f} MiB in the blocks, {fell(found['losses'])}", bf16=True,
        name="quantization, bitsandbytes'"),
)  # fmt: skip


@cache
def reference(lesson: str) -> Any:
    return load_module(COURSE.reference(lesson), lesson)


def random_gpt2(folder: Path) -> str:
    """A GPT-2 of its true size, with random weights, that reads the tiny model's tokens."""
    from transformers import AutoTokenizer, GPT2Config, GPT2LMHeadModel

    torch.manual_seed(0)
    GPT2LMHeadModel(GPT2Config()).save_pretrained(folder)
    AutoTokenizer.from_pretrained(TINY_FOLDER).save_pretrained(folder)
    return str(folder)


def options_of(one: One, model: str, small: bool) -> dict[str, Any]:
    """The arguments of its `run`."""
    options = one.options | (one.small if small else {})
    options = {name: model if value == "MODEL" else value for name, value in options.items()}
    if options.get("texts", 0) is None:
        options["texts"] = module_of("pretraining").documents(None)
    if "plan" in options:
        shape = module_of(one.lesson).SHAPES["small" if small else "real"]
        budgets, widths = ((1e8,), (8, 16)) if small else ((5e13,), (128, 256, 512))
        options["plan"] = shape | {"budgets": budgets, "widths": widths}
    return options


@cache
def module_of(lesson: str) -> Any:
    return load_module(real_runs.find(COURSE, lesson), f"real_run_of_{lesson}")


def row_of(one: One, model: str, device: str, small: bool) -> str:
    """The line of the table: seconds, peak memory, and what came out, or why nothing did."""
    kind = device.partition(":")[0]
    cuda = kind == "cuda"
    if cuda:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    others = {name: reference(name) for name in one.others}
    began = time.perf_counter()
    try:
        with contextlib.redirect_stdout(io.StringIO()), torch.autocast(kind, torch.bfloat16, enabled=one.bf16):
            call = getattr(module_of(one.lesson), one.call)
            found = call(reference(one.lesson), **others, **options_of(one, model, small), device=device)
        told = one.told(found)
    except Exception as error:  # the others are measured all the same
        traceback.print_exc()
        told = f"**failed:** {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    seconds = time.perf_counter() - began
    peak = f"{torch.cuda.max_memory_allocated() / MIB:,.0f}" if cuda else "-"
    return f"| {one.name or one.lesson} | {'bf16' if one.bf16 else 'fp32'} | {seconds:.1f} | {peak} | {told} |"


def held(method: str, model: str, device: str) -> tuple[float, float]:
    """Bytes that are held after one step of AdamW in bf16, counted, and by `memory_estimate`."""
    from transformers import AutoModelForCausalLM

    lesson = reference("lora")
    bf16 = AutoModelForCausalLM.from_pretrained(model).to(device, torch.bfloat16)
    numbers = sum(one.numel() for one in bf16.parameters())
    if method == "lora":
        lesson.apply_lora(bf16, ["attn.c_attn", "attn.c_proj"], RANK, 2.0 * RANK)
    trained = [one for one in bf16.parameters() if one.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4)
    ids = torch.arange(64, device=device).view(1, -1)
    bf16(ids, labels=ids).loss.backward()
    optimizer.step()
    counted = sum(module_of("lora").held(bf16, optimizer).values())
    adapters = sum(one.numel() for one in trained) if method == "lora" else 0
    # AdamW's two numbers have the dtype of what they are of
    estimate = lesson.memory_estimate(numbers, method, 16, 16, 32, adapter_params=adapters)
    return counted, estimate["total"]


def machine(device: str) -> str:
    if not device.startswith("cuda"):
        return "no GPU"
    properties = torch.cuda.get_device_properties(device)
    return f"{properties.name}, {properties.total_memory / 2**30:.0f} GiB, CUDA {torch.version.cuda}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--small", action="store_true", help="the tiny model and few steps")
    parser.add_argument("--lessons", nargs="+", choices=sorted({one.lesson for one in RUNS}), help="default: all")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    if options.device.startswith("cuda") and not torch.cuda.is_available():
        sys.exit("There is no GPU here; --small --device cpu runs the same without one.")
    folder = Path(tempfile.mkdtemp(prefix="bench-gpu-"))
    try:
        model = str(TINY_FOLDER) if options.small else random_gpt2(folder)
        lines = [
            f"# Every real run on {machine(options.device)}",
            "",
            f"`python tests/benchmarks/bench_gpu.py`, torch {torch.__version__}. Memory is what torch had at the most.",
            "",
            "| real run | computes in | seconds | peak, MiB | what came out |",
            "|---|---|---:|---:|---|",
        ]
        for one in RUNS:
            if options.lessons is None or one.lesson in options.lessons:
                lines.append(row_of(one, model, options.device, options.small))
                print(lines[-1], flush=True)
        lines += ["", "| one step of AdamW in bf16 | counted, MiB | `memory_estimate`, MiB |", "|---|---:|---:|"]
        for method in ("full", "lora"):
            counted, estimate = held(method, model, options.device)
            lines.append(f"| {method} | {counted / MIB:,.1f} | {estimate / MIB:,.1f} |")
            print(lines[-1], flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    options.out.write_text("\n".join([*lines, ""]), encoding="utf-8")
    if any("**failed:**" in line for line in lines):
        sys.exit(1)


if __name__ == "__main__":
    main()
