"""Operations of a forward pass, counted: of the base, with adapters, and with the adapters merged."""

from __future__ import annotations

import time
from collections import Counter

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from ._shared import adapt, readable_batch, targets_of

CLAIM = "A merged model runs the same operations as its base"
NEEDS = ("apply_lora",)
COLUMNS = ("", "operations", "matrix products", "MFLOP", "time (base = 1)")
PRODUCTS = ("mm", "addmm", "bmm", "baddbmm", "linear", "matmul")


def measure(student, backbone, seed, track):
    base, tokenizer = backbone()
    batch = readable_batch(base, tokenizer, seed)
    models = {
        "base": base,
        "detours": adapted_model(student, backbone, seed),
        "merged": adapted_model(student, backbone, seed),
    }
    ends = tuple(f".{target}" for target in targets_of(base))
    for layer in [name for name, _ in base.named_modules() if name.endswith(ends)]:
        models["merged"].get_submodule(layer).merge()

    # Run
    with torch.no_grad():
        logits = {name: model(**batch, use_cache=False).logits for name, model in models.items()}  # (B, T, V) each

    # Count and time
    counts = {name: count_operations(model, batch) for name, model in models.items()}
    flops = {name: count_flops(model, batch) for name, model in models.items()}
    seconds = seconds_of(models, batch, track)
    return {
        "operations": {name: sum(found.values()) for name, found in counts.items()},
        "products": {name: sum(found[product] for product in PRODUCTS) for name, found in counts.items()},
        "flops": flops,
        "time_ratio": {name: seconds[name] / seconds["base"] for name in models},
        "same_operations": counts["merged"] == counts["base"],
        "moved": (logits["detours"] - logits["base"]).abs().max().item(),
        "rounding": (logits["merged"] - logits["detours"]).abs().max().item(),
    }


def adapted_model(student, backbone, seed: int) -> nn.Module:
    """A model with adapters, as if they were trained: A and B are drawn, the same for the same seed."""
    model, _ = backbone()
    adapt(student, model)
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.copy_(0.1 * torch.randn_like(parameter))
    return model


class Operations(TorchDispatchMode):
    """Counts the operations that compute something: not views, which only look at the same numbers differently."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if not any(result.alias_info for result in func._schema.returns):
            self.counts[func.overloadpacket.__name__] += 1
        return func(*args, **(kwargs or {}))


def count_operations(model: nn.Module, batch: dict[str, torch.Tensor]) -> Counter[str]:
    """Operations of one forward pass by name."""
    with torch.no_grad(), Operations() as operations:
        model(**batch, use_cache=False)
    return operations.counts


def count_flops(model: nn.Module, batch: dict[str, torch.Tensor]) -> int:
    """Floating-point operations in the matrix products of one forward pass."""
    with torch.no_grad(), FlopCounterMode(display=False) as flops:
        model(**batch, use_cache=False)
    return flops.get_total_flops()


def seconds_of(models: dict[str, nn.Module], batch: dict[str, torch.Tensor], track) -> dict[str, float]:
    """Seconds of the fastest of some forward passes, the models in turn so that a busy machine slows them alike."""

    def one_pass(model: nn.Module) -> float:
        start = time.perf_counter()
        with torch.no_grad():
            model(**batch, use_cache=False)
        return time.perf_counter() - start

    rounds = min(60, max(5, int(2 / one_pass(models["base"]))))
    times = [{name: one_pass(model) for name, model in models.items()} for _ in track(range(rounds), "timing")]
    return {name: min(found[name] for found in times) for name in models}


def rows(figures):
    for name, operations in figures.operations.items():
        megaflops, ratio = round(figures.flops[name] / 1e6, 1), round(figures.time_ratio[name], 2)
        yield name, operations, figures.products[name], megaflops, ratio


def claims(figures):
    products, flops, ratio = figures.products, figures.flops, figures.time_ratio
    # Counts are exact: no seed moves them. Time is only shown: a busy machine decides it.
    yield (
        products["merged"] == products["base"] and flops["merged"] == flops["base"],
        f"merged does {products['merged']} matrix products and {flops['merged'] / 1e6:.1f} MFLOP, the base "
        f"{products['base']} and {flops['base'] / 1e6:.1f}; with detours it is {products['detours']} and "
        f"{flops['detours'] / 1e6:.1f}. Time: {ratio['merged']:.2f} and {ratio['detours']:.2f} of the base's",
    )
    # Five seeds: the adapters move logits by 19 to 23, merging by up to 1.3e-5.
    yield (
        figures.rounding < 1e-3 * figures.moved,
        f"merged and detours agree to {figures.rounding:.1e}, where the detours move the logits by {figures.moved:.1f}",
    )


def draw(axes, figures) -> None:
    names = list(figures.operations)
    counted = [figures.operations[name] / figures.operations["base"] for name in names]
    timed = [figures.time_ratio[name] for name in names]
    left, right = [index - 0.2 for index in range(len(names))], [index + 0.2 for index in range(len(names))]
    axes.bar(left, counted, 0.38, color="#4c72b0", label="operations, counted")
    axes.bar(right, timed, 0.38, color="#c9c9c9", label="time on this machine")
    axes.axhline(1, color="black", linewidth=0.8, linestyle=":")
    axes.set_xticks(list(range(len(names))), names)
    axes.set_ylabel("base = 1")
    axes.legend(loc="lower right", ncols=2, bbox_to_anchor=(1, 1))
