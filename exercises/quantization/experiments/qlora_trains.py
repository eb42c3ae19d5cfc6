"""LoRA and QLoRA finetuned on telegrams, and QLoRA merged into the right weight and into the wrong one."""

from __future__ import annotations

import copy

import torch

from autograder.experiments import require_small
from autograder.finetuning import evaluate, finetune, require_reader, reviews, telegram

from ._shared import LoRA, as_linear, bytes_of, layers_of

CLAIM = "QLoRA trains about as well as LoRA, and merges into the weights that it was trained beside"
NEEDS = ("QLoRALinear", "nf4_dequantize")
COLUMNS = ("", "next tokens right", "loss", "MB of the blocks")

STEPS, ROWS, RANK, ALPHA = 60, 16, 8, 16
RATE = 5e-3  # for both; lora's experiments say how a rate is chosen, and here it need only be the same
LABELS = {
    "base": "base",
    "lora": "LoRA",
    "qlora": "QLoRA",
    "merged": "QLoRA, merged",
    "wrong_merge": "QLoRA, merged into the original",
}


def adapted(base, kind, seed):
    """A frozen copy of the base with an adapter of this kind in every linear layer of its blocks."""
    model = copy.deepcopy(base).requires_grad_(False)
    torch.manual_seed(seed)
    for name in layers_of(base):
        model.set_submodule(name, kind(as_linear(model.get_submodule(name)), RANK, ALPHA))
    return model


def merge(student, base, qlora):
    """The finetuned model with every layer merged: as merge() does it, and into the original weight, the mistake."""
    merged, wrong = copy.deepcopy(qlora), copy.deepcopy(base)
    for name in layers_of(base):
        layer = qlora.get_submodule(name)
        merged.set_submodule(name, layer.merge())
        original = as_linear(base.get_submodule(name)).weight.detach()  # (d_out, d_in)
        quantized = student.nf4_dequantize(*student.nf4_quantize(original), original.shape)
        into_original = layer.merge()
        with torch.no_grad():
            into_original.weight += original - quantized
        wrong.set_submodule(name, into_original)
    return merged, wrong


def measure(student, backbone, seed, track):
    base, tokenizer = backbone()
    require_small(base)
    require_reader(base, tokenizer)
    train = reviews(tokenizer, "train", STEPS * ROWS, seed, ROWS, telegram)
    test = reviews(tokenizer, "test", 100, seed, 50, telegram)

    # Finetune
    found = {"base": evaluate(base, test)}  # accuracy and loss
    models, curves, sizes = {}, {}, {}
    for name, kind in (("lora", LoRA), ("qlora", student.QLoRALinear)):
        model = models[name] = adapted(base, kind, seed)
        curves[name] = finetune(model, train, RATE, track, f"{LABELS[name]} finetuning")
        found[name] = evaluate(model, test)
        sizes[name] = sum(bytes_of(model.get_submodule(layer)) for layer in layers_of(base))

    # Merge
    merged, wrong = merge(student, base, models["qlora"])
    with torch.no_grad():
        before, after, after_wrong = (
            model(**test[0], use_cache=False).logits for model in (models["qlora"], merged, wrong)
        )
    found["merged"], found["wrong_merge"] = evaluate(merged, test), evaluate(wrong, test)
    accuracy = {name: right for name, (right, _) in found.items()}
    return {
        "accuracy": accuracy,
        "behind": accuracy["lora"] - accuracy["qlora"],
        "loss": {name: loss for name, (_, loss) in found.items()},
        "merge_gap": (after - before).abs().max().item(),
        "wrong_merge_gap": (after_wrong - before).abs().max().item(),
        "bytes": sizes,
        "curves": curves,
    }


def rows(figures):
    for name, label in LABELS.items():
        size = f"{figures.bytes[name] / 1e6:.2f}" if name in figures.bytes else ""
        yield label, round(figures.accuracy[name], 4), round(figures.loss[name], 4), size


def claims(figures):
    # Five seeds: QLoRA .749 to .762, LoRA .751 to .758, base .278 to .281; QLoRA is -0.3 to 0.1 points behind.
    base, lora, qlora = (figures.accuracy[name] for name in ("base", "lora", "qlora"))
    yield (
        figures.behind < 0.01 and qlora - base > 0.3,
        f"of the next tokens of unseen telegrams QLoRA gets {qlora:.1%} right, LoRA {lora:.1%}, the base {base:.1%}; "
        f"the blocks hold {figures.bytes['qlora'] / 1e6:.2f} MB instead of {figures.bytes['lora'] / 1e6:.2f}",
    )
    # Five seeds: 1.1e-5 to 1.8e-5 against 1.6 to 2.2.
    yield (
        figures.merge_gap < 1e-3 * figures.wrong_merge_gap,
        f"merging into the dequantized weight moves the logits by {figures.merge_gap:.1e}, into the original by "
        f"{figures.wrong_merge_gap:.2f}",
    )


def draw(axes, figures):
    for (name, losses), colour in zip(figures.curves.items(), ("#dd8452", "#55a868"), strict=True):
        windows = [losses[max(0, step - 4) : step + 1] for step in range(len(losses))]
        smooth = [sum(window) / len(window) for window in windows]
        label = f"{LABELS[name]}: {figures.accuracy[name]:.1%} right at the end"
        axes.plot(range(1, len(losses) + 1), smooth, color=colour, label=label)
    axes.set_xlabel("training steps")
    axes.set_ylabel("loss (mean of 5 steps)")
    axes.set_ylim(bottom=0)
    axes.legend()
