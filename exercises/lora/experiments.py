"""The claims of this lesson, measured: `autograder experiment lora`.

Each function is one claim. It gets your module as `lesson`, so what it measures is your own code. Nothing here is
graded. The figures in the comments come from five seeds and one thread:
`autograder experiment lora --submission solutions --seeds 5`.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from autograder.experiments import Result, Unfit, Verdict, experiment, require, require_small
from autograder.finetuning import encode, finetune, evaluate, language_loss, require_reader, reviews, telegram

TARGETS = {  # what a detour is put beside, by family of model
    "gpt2": ("attn.c_attn", "attn.c_proj"),
    "llama": ("q_proj", "v_proj"),
}


def targets_of(model: nn.Module) -> list[str]:
    """The attention layers of this model, as `apply_lora` wants them named."""
    family = model.config.model_type
    if family not in TARGETS:
        raise Unfit(f"This experiment does not know the layers of a {family} model by name.")
    return list(TARGETS[family])


def readable_batch(model: nn.Module, tokenizer, seed: int, rows: int = 4) -> dict[str, torch.Tensor]:
    """English text as a batch, after making sure that the model can read it."""
    from autograder.backbone import text

    batch = encode(text("test", rows, seed), tokenizer)
    with torch.no_grad():
        perplexity = language_loss(model, batch).exp().item()
    # Knowing nothing gives a perplexity of the vocabulary's size.
    limit = model.config.vocab_size / 20
    require(perplexity < limit, f"its perplexity on plain English is {perplexity:.0f}, more than {limit:.0f}.")
    return batch


# --- memory ---------------------------------------------------------------------------------------------------------


def bytes_of(tensors) -> int:
    """Bytes of the storages behind some tensors, a shared storage once."""
    storages = {tensor.untyped_storage().data_ptr(): tensor.untyped_storage() for tensor in tensors}
    return sum(storage.nbytes() for storage in storages.values())


def bytes_held(model: nn.Module, batch: dict[str, torch.Tensor]) -> dict[str, int]:
    """What a model, its gradients and AdamW hold after one training step."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    language_loss(model, batch).backward()
    optimizer.step()
    states = (value for state in optimizer.state.values() for value in state.values() if torch.is_tensor(value))
    return {
        "weights": bytes_of(model.parameters()),
        "gradients": bytes_of(parameter.grad for parameter in model.parameters()),
        "optimizer": bytes_of(states),
    }


@experiment(
    "An AdamW step in fp32 holds the bytes that memory_estimate says; one in plain bf16 does not hold 12 a parameter",
    needs=("memory_estimate",),
)
def bytes_of_a_step(lesson, backbone, seed, track):
    model, tokenizer = backbone()
    batch = readable_batch(model, tokenizer, seed)
    batch = {name: rows[:1, :8] for name, rows in batch.items()}  # what is held after a step doesn't depend on it
    n_params = sum(parameter.numel() for parameter in model.parameters())
    tensors = sum(1 for _ in model.parameters())
    parts = ("weights", "gradients", "optimizer")
    held = {}
    for dtype in track((torch.float32, torch.bfloat16), "a step in fp32, one in bf16"):
        held[dtype] = bytes_held(model.to(dtype), batch)
        model.zero_grad()
    cases = {
        "estimate 32/32/64 bits": lesson.memory_estimate(n_params, "full", 32, 32, 64),
        "held, fp32 AdamW": held[torch.float32],
        "estimate 16/16/64 bits": lesson.memory_estimate(n_params, "full"),
        "held, plain bf16 AdamW": held[torch.bfloat16],
    }
    totals = {case: sum(found[part] for part in parts) for case, found in cases.items()}
    estimate, fp32, recipe, bf16 = totals.values()
    per_parameter = {case: total / n_params for case, total in totals.items()}
    # Exact but for Adam's step counters, one fp32 number a tensor: nothing here depends on the seed.
    extra = fp32 - estimate
    return Result(
        columns=("", "weights MB", "gradients MB", "optimizer MB", "total MB", "bytes a parameter"),
        rows=[
            (
                case,
                *(round(found[part] / 1e6, 3) for part in parts),
                round(totals[case] / 1e6, 3),
                round(per_parameter[case], 3),
            )
            for case, found in cases.items()
        ],  # fmt: skip
        verdicts=[
            Verdict(
                0 <= extra <= 4 * tensors,
                f"fp32 holds {fp32:,} bytes, the estimate is {estimate:,.0f}: {extra:,.0f} more, "
                f"a 4-byte step counter for each of {tensors} tensors",
            ),
            Verdict(
                abs(bf16 / n_params - 8) < 0.01 and abs(recipe / n_params - 12) < 0.01,
                f"plain bf16 holds {bf16 / n_params:.2f} bytes a parameter, because Adam's m and v are bf16 too; "
                f"12 ({recipe / n_params:.2f} by the estimate) is a recipe that keeps them in fp32",
            ),
        ],
        numbers={
            "n_params": n_params,
            "estimate_fp32": estimate,
            "held_fp32": fp32,
            "held_bf16": bf16,
            "bytes_a_parameter_fp32": fp32 / n_params,
            "bytes_a_parameter_bf16": bf16 / n_params,
        },
        draw=lambda axes: draw_bytes(axes, cases, n_params),
    )


def draw_bytes(axes, cases, n_params) -> None:
    names = list(cases)
    left = [0.0] * len(names)
    for part, colour in (("weights", "#4c72b0"), ("gradients", "#dd8452"), ("optimizer", "#55a868")):
        widths = [cases[name][part] / n_params for name in names]
        axes.barh(names, widths, left=left, color=colour, label=part)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    for place, total in enumerate(left):
        axes.text(total + 0.2, place, f"{total:.0f}", va="center")
    axes.invert_yaxis()
    axes.set_xlim(0, 18)
    axes.set_xlabel("bytes a parameter")
    axes.legend(loc="lower right", ncols=3, bbox_to_anchor=(1, 1))


# --- the start and the merge ----------------------------------------------------------------------------------------


@experiment("B = 0: a model with detours starts exactly as its base", needs=("apply_lora",))
def starts_identical(lesson, backbone, seed, track):
    base, tokenizer = backbone()
    batch = readable_batch(base, tokenizer, seed)
    with torch.no_grad():
        before = base(**batch, use_cache=False).logits
    adapted, _ = backbone()
    lesson.apply_lora(adapted, targets_of(adapted), 8, 16)
    optimizer = torch.optim.AdamW([p for p in adapted.parameters() if p.requires_grad], lr=1e-3)
    gaps = []
    for step in track(range(6), "training a fresh adapter"):
        with torch.no_grad():
            logits = adapted(**batch, use_cache=False).logits
        gaps.append((logits - before).abs().max().item())
        if step == 0:
            identical = torch.equal(logits, before)
        optimizer.zero_grad()
        language_loss(adapted, batch).backward()
        optimizer.step()
    # Another right LoRALinear may multiply in another order. Logits of size 10 summed in fp32 differ by 1e-5 then.
    # Five seeds: bit for bit the same at the start, moved by 0.8 to 3.5 after one step.
    return Result(
        columns=("after this many steps", "largest difference to the base's logits"),
        rows=list(enumerate(gaps)),
        verdicts=[
            Verdict(
                gaps[0] <= 1e-4,
                "before training all logits are the base's, " + ("bit for bit" if identical else f"to {gaps[0]:.1e}"),
            ),
            Verdict(gaps[1] > 20 * max(gaps[0], 1e-5), f"one step of training moves them by up to {gaps[1]:.3f}"),
        ],
        numbers={"gap_at_start": gaps[0], "bit_identical": identical, "gap_after_one_step": gaps[1]},
        draw=lambda axes: draw_start(axes, gaps),
    )


def draw_start(axes, gaps) -> None:
    axes.plot(range(len(gaps)), gaps, marker="o", color="#4c72b0")
    axes.annotate(f"{gaps[0]:.1g}: B is zero", (0, gaps[0]), (1.2, 0), arrowprops={"arrowstyle": "->"}, va="center")
    axes.set_xlabel("training steps")
    axes.set_ylabel("largest difference\nto the base's logits")
    axes.set_ylim(-0.03 * max(gaps), 1.05 * max(gaps))


class Operations(TorchDispatchMode):
    """Counts the operations that compute something: not views, which only look at the same numbers differently."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if not any(result.alias_info for result in func._schema.returns):
            self.counts[func.overloadpacket.__name__] += 1
        return func(*args, **(kwargs or {}))


PRODUCTS = ("mm", "addmm", "bmm", "baddbmm", "linear", "matmul")


def count_operations(model: nn.Module, batch: dict[str, torch.Tensor]) -> tuple[Counter[str], int]:
    """Operations of one forward pass by name, and floating-point operations in its matrix products."""
    with torch.no_grad(), FlopCounterMode(display=False) as flops:
        model(**batch, use_cache=False)
    with torch.no_grad(), Operations() as operations:
        model(**batch, use_cache=False)
    return operations.counts, flops.get_total_flops()


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


@experiment("A merged model runs the same operations as its base", needs=("apply_lora",))
def merged_cost(lesson, backbone, seed, track):
    base, tokenizer = backbone()
    batch = readable_batch(base, tokenizer, seed)
    models = {"base": base}
    for name in ("detours", "merged"):
        model, _ = backbone()
        targets = targets_of(model)
        layers = [name for name, _ in model.named_modules() if name.endswith(tuple(f".{target}" for target in targets))]
        lesson.apply_lora(model, targets, 8, 16)
        torch.manual_seed(seed)
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.requires_grad:  # as if trained: B is no longer zero
                    parameter.copy_(0.1 * torch.randn_like(parameter))
        models[name] = model
    for layer in layers:
        models["merged"].get_submodule(layer).merge()
    with torch.no_grad():
        logits = {name: model(**batch, use_cache=False).logits for name, model in models.items()}
    counted = {name: count_operations(model, batch) for name, model in models.items()}
    products = {name: sum(counts[product] for product in PRODUCTS) for name, (counts, _) in counted.items()}
    operations = {name: sum(counts.values()) for name, (counts, _) in counted.items()}
    flops = {name: total for name, (_, total) in counted.items()}
    seconds = seconds_of(models, batch, track)
    ratio = {name: seconds[name] / seconds["base"] for name in models}
    moved = (logits["detours"] - logits["base"]).abs().max().item()
    rounding = (logits["merged"] - logits["detours"]).abs().max().item()
    return Result(
        columns=("", "operations", "matrix products", "MFLOP", "time (base = 1)"),
        rows=[
            (name, operations[name], products[name], round(flops[name] / 1e6, 1), round(ratio[name], 2))
            for name in models
        ],
        verdicts=[
            # Counts are exact: no seed moves them. Time is only shown: a busy machine decides it.
            Verdict(
                products["merged"] == products["base"] and flops["merged"] == flops["base"],
                f"merged does {products['merged']} matrix products and {flops['merged'] / 1e6:.1f} MFLOP, the base "
                f"{products['base']} and {flops['base'] / 1e6:.1f}; with detours it is {products['detours']} and "
                f"{flops['detours'] / 1e6:.1f}. Time: {ratio['merged']:.2f} and {ratio['detours']:.2f} of the base's",
            ),
            # Five seeds: the detours move logits by 19 to 23, merging by up to 1.3e-5.
            Verdict(
                rounding < 1e-3 * moved,
                f"merged and detours agree to {rounding:.1e}, where the detours move the logits by {moved:.1f}",
            ),
        ],
        numbers={
            "operations_base": operations["base"],
            "operations_merged": operations["merged"],
            "operations_detours": operations["detours"],
            "flops_base": flops["base"],
            "flops_merged": flops["merged"],
            "flops_detours": flops["detours"],
            "same_operations": counted["merged"][0] == counted["base"][0],
            "time_ratio_merged": ratio["merged"],
            "time_ratio_detours": ratio["detours"],
            "moved": moved,
            "rounding": rounding,
        },
        draw=lambda axes: draw_merged(axes, operations, ratio),
    )


def draw_merged(axes, operations, ratio) -> None:
    names = list(operations)
    relative = [operations[name] / operations["base"] for name in names]
    places = range(len(names))
    axes.bar([place - 0.2 for place in places], relative, 0.38, color="#4c72b0", label="operations, counted")
    axes.bar([place + 0.2 for place in places], [ratio[name] for name in names], 0.38, color="#c9c9c9",
             label="time on this machine")  # fmt: skip
    axes.axhline(1, color="black", linewidth=0.8, linestyle=":")
    axes.set_xticks(list(places), names)
    axes.set_ylabel("base = 1")
    axes.legend(loc="lower right", ncols=2, bbox_to_anchor=(1, 1))


# --- training, small enough for a minute ----------------------------------------------------------------------------

STEPS, ROWS = 80, 16


def telegrams(tokenizer, seed: int, rewrite: Callable[[str], str] = telegram) -> tuple[list, list]:
    """Batches to train on, each once, and batches to test with."""
    train = reviews(tokenizer, "train", STEPS * ROWS, seed, ROWS, rewrite)
    return train, reviews(tokenizer, "test", 200, seed, 50, rewrite)


def trainable(backbone) -> tuple[nn.Module, object]:
    """The backbone, where it is small enough, after making sure that it knows how reviews go on."""
    model, tokenizer = backbone()
    require_small(model)
    require_reader(model, tokenizer)
    return model, tokenizer


def count_trained(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


# --- what LoRA can do, and what it can't ----------------------------------------------------------------------------

# Both methods get the same texts, batches, steps and schedule, and each its own learning rate: the one of a grid that
# gives the lowest loss on seed 100, which no figure uses. Accuracy and loss on telegrams:
#   full          3e-4 .744 .737    1e-3 .749 .710    3e-3 .749 .716
#   LoRA, rank 8  3e-3 .736 .876    1e-2 .747 .757    3e-2 .606 1.72
RATE_FULL, RATE_LORA = 1e-3, 1e-2
RANK = 8


def adapt(lesson, model: nn.Module, rank: int = RANK) -> int:
    """Put detours beside the attention layers, alpha / r = 2; gives the number of trainable parameters."""
    lesson.apply_lora(model, targets_of(model), rank, 2 * rank)
    return count_trained(model)


@experiment(
    "LoRA with about 2% of the parameters reaches full finetuning's accuracy on a refinement task",
    needs=("apply_lora",),
)
def refinement(lesson, backbone, seed, track):
    base, tokenizer = trainable(backbone)
    train, test = telegrams(tokenizer, seed)
    found = {"base": (0, *evaluate(base, test))}
    losses = {}
    for name, rate in (("LoRA", RATE_LORA), ("full", RATE_FULL)):
        model, _ = backbone()
        torch.manual_seed(seed)
        trained = adapt(lesson, model) if name == "LoRA" else count_trained(model)
        losses[name] = finetune(model, train, rate, track, f"{name} finetuning")
        found[name] = (trained, *evaluate(model, test))
    share = found["LoRA"][0] / found["full"][0]
    base_accuracy, lora, full = (found[name][1] for name in ("base", "LoRA", "full"))
    return Result(
        columns=("", "learning rate", "trained", "share", "accuracy", "loss"),
        rows=[
            (
                name,
                {"LoRA": RATE_LORA, "full": RATE_FULL}.get(name, ""),
                f"{trained:,}",
                f"{trained / found['full'][0]:.1%}",
                round(accuracy, 3),
                round(loss, 3),
            )
            for name, (trained, accuracy, loss) in found.items()
        ],  # fmt: skip
        verdicts=[
            # Five seeds: LoRA .748 to .753, full .752 to .756, base .273 to .278; LoRA is -0.0 to 0.5 points behind.
            Verdict(
                share < 0.025 and full - lora < 0.015 and full - base_accuracy > 0.3,
                f"of the next tokens of unseen telegrams LoRA gets {lora:.1%} right with {share:.1%} of the "
                f"parameters, full finetuning {full:.1%}, the base {base_accuracy:.1%}",
            )
        ],
        numbers={
            "accuracy_base": base_accuracy,
            "accuracy_lora": lora,
            "accuracy_full": full,
            "behind": full - lora,
            "loss_lora": found["LoRA"][2],
            "loss_full": found["full"][2],
            "share_trained": share,
        },
        draw=lambda axes: draw_losses(axes, losses, {"LoRA": lora, "full": full}),
    )


COLOURS = {"LoRA": "#dd8452", "full": "#4c72b0"}


def draw_losses(axes, losses, accuracies) -> None:
    for name, values in losses.items():
        smooth = [sum(values[max(0, step - 4) : step + 1]) / len(values[max(0, step - 4) : step + 1])
                  for step in range(len(values))]  # fmt: skip
        label = f"{name}: {accuracies[name]:.1%} right at the end"
        axes.plot(range(1, len(values) + 1), smooth, color=COLOURS[name], label=label)
    axes.set_xlabel("training steps")
    axes.set_ylabel("loss (mean of 5 steps)")
    axes.set_ylim(bottom=0)
    axes.legend()


def energy(delta: torch.Tensor) -> torch.Tensor:
    """Share of the squared entries of a matrix that its k strongest directions hold, for k = 1, 2, ... ; ends at 1."""
    squares = torch.linalg.svdvals(delta.double()).square()
    return squares.cumsum(0) / squares.sum()


@experiment("Full finetuning's own update is low-rank: a few directions hold most of its energy")
def low_rank_update(lesson, backbone, seed, track):
    base, tokenizer = trainable(backbone)
    model, _ = backbone()
    train, _ = telegrams(tokenizer, seed)
    finetune(model, train, RATE_FULL, track, "full finetuning")
    before, after = base.state_dict(), model.state_dict()
    kinds = ("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj")
    curves: dict[str, list[torch.Tensor]] = {"update": [], "random": []}
    rows = []
    for kind in kinds:
        names = [name for name in before if name.endswith(f"{kind}.weight")]
        measured = [energy(after[name] - before[name]) for name in names]
        control = [energy(torch.randn(before[name].shape)) for name in names]
        share, chance = (torch.stack(found)[:, RANK - 1].mean().item() for found in (measured, control))
        shape = "×".join(str(side) for side in before[names[0]].shape)
        rows.append((kind, shape, round(share, 3), round(chance, 3)))
        curves["update"] += measured
        curves["random"] += control
    mean = {name: torch.stack(found).mean(0) for name, found in curves.items()}
    share, chance = mean["update"][RANK - 1].item(), mean["random"][RANK - 1].item()
    return Result(
        columns=("layer (mean over blocks)", "shape", f"energy in the top {RANK}", "random matrix"),
        rows=rows,
        verdicts=[
            # Five seeds: .704 to .710 against .151 to .152.
            Verdict(
                share > 0.6 and share > 3 * chance,
                f"the top {RANK} of {len(mean['update'])} directions hold {share:.0%} of the update's energy, "
                f"{chance:.0%} of a random matrix's",
            )
        ],
        numbers={"share": share, "share_random": chance, **{f"share_{row[0]}": row[2] for row in rows}},
        draw=lambda axes: draw_energy(axes, mean),
    )


def draw_energy(axes, mean) -> None:
    for name, colour, label in (
        ("update", "#4c72b0", "full finetuning's update"),
        ("random", "#999999", "random matrix of the same size"),
    ):
        curve = [0.0, *mean[name].tolist()]
        axes.plot(range(len(curve)), curve, color=colour, label=label)
        axes.plot(RANK, curve[RANK], marker="o", color=colour)
        axes.annotate(f"{curve[RANK]:.0%}", (RANK, curve[RANK]), (RANK + 3, curve[RANK] - 0.06))
    axes.set_xlabel("strongest directions kept")
    axes.set_ylabel("share of energy")
    axes.set_ylim(0, 1.03)
    axes.legend(loc="lower right")


# Chosen in the same way. Loss on permuted reviews:
#   full  1e-3 2.74   3e-3 2.25   1e-2 2.67        LoRA, rank 8  3e-3 6.45   1e-2 6.20   3e-2 6.40
RATE_FULL_RADICAL, RATE_LORA_RADICAL = 3e-3, 1e-2


@experiment(
    "LoRA falls short where the change is radical: every word of the vocabulary means another", needs=("apply_lora",)
)
def radical_change(lesson, backbone, seed, track):
    base, tokenizer = trainable(backbone)
    train, test = telegrams(tokenizer, seed, rewrite=str)
    plain = evaluate(base, test)
    permutation = torch.randperm(base.config.vocab_size, generator=torch.Generator().manual_seed(seed))
    for batch in train + test:
        batch["input_ids"] = permutation[batch["input_ids"]]
    found = {"base": evaluate(base, test)}
    losses = {}
    for name, rate in (("LoRA", RATE_LORA_RADICAL), ("full", RATE_FULL_RADICAL)):
        model, _ = backbone()
        torch.manual_seed(seed)
        if name == "LoRA":
            adapt(lesson, model)
        losses[name] = finetune(model, train, rate, track, f"{name} finetuning")
        found[name] = evaluate(model, test)
    rates = {"LoRA": RATE_LORA_RADICAL, "full": RATE_FULL_RADICAL}
    (lora, lora_loss), (full, full_loss) = found["LoRA"], found["full"]
    return Result(
        columns=("", "learning rate", "accuracy", "loss"),
        rows=[
            ("base, before the change", "", round(plain[0], 3), round(plain[1], 3)),
            *(
                (name, rates.get(name, ""), round(accuracy, 3), round(loss, 3))
                for name, (accuracy, loss) in found.items()
            ),
        ],
        verdicts=[
            # Five seeds: LoRA 6.27 to 6.85, full 1.69 to 2.80; the difference is 3.96 to 4.84, its deviation 0.4.
            Verdict(
                lora_loss - full_loss > 2.5,
                f"after the same {len(train)} steps LoRA's loss is {lora_loss:.2f} ({lora:.0%} right), "
                f"full finetuning's {full_loss:.2f} "
                f"({full:.0%} right): the embeddings, which would have to change, are frozen",
            )
        ],
        numbers={
            "loss_before": plain[1],
            "loss_base": found["base"][1],
            "loss_lora": lora_loss,
            "loss_full": full_loss,
            "accuracy_lora": lora,
            "accuracy_full": full,
        },
        draw=lambda axes: draw_losses(axes, losses, {"LoRA": lora, "full": full}),
    )


# At RATE_LORA. At a third of it rank 4, which moves the weights less at the same alpha / r, is not done after these
# few steps and trails by 2.4 points: that is a matter of the rate, not of the rank.
LOW, HIGH = 4, 64


@experiment(f"On a small simple task rank {HIGH} gains next to nothing over rank {LOW}", needs=("apply_lora",))
def rank_4_or_64(lesson, backbone, seed, track):
    base, tokenizer = trainable(backbone)
    train, test = telegrams(tokenizer, seed)
    start, _ = evaluate(base, test)
    found, losses = {}, {}
    for rank in (LOW, HIGH):
        model, _ = backbone()
        torch.manual_seed(seed)  # a pair: the same texts in the same order
        trained = adapt(lesson, model, rank)
        losses[rank] = finetune(model, train, RATE_LORA, track, f"rank {rank}")
        found[rank] = (trained, *evaluate(model, test))
    low, high = found[LOW][1], found[HIGH][1]
    return Result(
        columns=("rank", "trained", "accuracy", "loss"),
        rows=[("base", 0, round(start, 3), ""),
              *((rank, f"{trained:,}", round(accuracy, 3), round(loss, 3))
                for rank, (trained, accuracy, loss) in found.items())],
        verdicts=[
            # Five pairs: rank 64 gains 0.2 to 0.6 points, where rank 4 gained 46 to 47.
            Verdict(
                high - low < 0.015 and low - start > 0.3,
                f"rank {HIGH} gets {high:.1%} right, rank {LOW} {low:.1%}: {100 * (high - low):+.1f} points "
                f"for {HIGH // LOW} times the parameters, where rank {LOW} gained {100 * (low - start):.1f}",
            )
        ],
        numbers={"accuracy_low": low, "accuracy_high": high, "gain": high - low, "gain_over_base": low - start},
        draw=lambda axes: draw_ranks(axes, start, found),
    )  # fmt: skip


def draw_ranks(axes, start, found) -> None:
    names = ["base", *(f"rank {rank}\n{trained:,} trained" for rank, (trained, _, _) in found.items())]
    heights = [start, *(accuracy for _, accuracy, _ in found.values())]
    axes.bar(names, heights, 0.6, color=["#c9c9c9", "#dd8452", "#dd8452"])
    for place, height in enumerate(heights):
        axes.text(place, height + 0.01, f"{height:.1%}", ha="center")
    axes.set_ylim(0, 1)
    axes.set_ylabel("next tokens right")
