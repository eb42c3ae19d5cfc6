"""The telegrams again, with a small and with a large rank."""

from __future__ import annotations

import torch

from autograder.finetuning import evaluate, finetune

from ._shared import RATES, adapt, small_reader, telegrams

# At LoRA's rate for the telegrams. At a third of it rank 4, which moves the weights less at the same alpha / r, is not
# done after these few steps and trails by 2.4 points: that is a matter of the rate, not of the rank.
RANKS = {"low": 4, "high": 64}

CLAIM = f"On a small simple task rank {RANKS['high']} gains next to nothing over rank {RANKS['low']}"
NEEDS = ("apply_lora",)
COLUMNS = ("rank", "trained", "accuracy", "loss")


def measure(student, backbone, seed, track):
    base, tokenizer = small_reader(backbone)
    train, test = telegrams(tokenizer, seed)
    accuracy, loss, trained = {}, {}, {}
    accuracy["base"], _ = evaluate(base, test)
    for name, rank in RANKS.items():
        model, _ = backbone()
        torch.manual_seed(seed)  # a pair: the same texts in the same order
        trained[name] = adapt(student, model, rank)
        finetune(model, train, RATES["LoRA"], track, f"rank {rank}")
        accuracy[name], loss[name] = evaluate(model, test)
    return {
        "accuracy": accuracy,
        "gain": accuracy["high"] - accuracy["low"],
        "gain_over_base": accuracy["low"] - accuracy["base"],
        "loss": loss,
        "trained": trained,
    }


def rows(figures):
    yield "base", 0, round(figures.accuracy["base"], 3), ""
    for name, rank in RANKS.items():
        yield rank, f"{figures.trained[name]:,}", round(figures.accuracy[name], 3), round(figures.loss[name], 3)


def claims(figures):
    low, high = RANKS["low"], RANKS["high"]
    # Five pairs: rank 64 gains 0.2 to 0.6 points, where rank 4 gained 46 to 47.
    yield (
        figures.gain < 0.015 and figures.gain_over_base > 0.3,
        f"rank {high} gets {figures.accuracy['high']:.1%} right, rank {low} {figures.accuracy['low']:.1%}: "
        f"{100 * figures.gain:+.1f} points for {high // low} times the parameters, where rank {low} gained "
        f"{100 * figures.gain_over_base:.1f}",
    )


def draw(axes, figures) -> None:
    names = ["base", *(f"rank {rank}\n{figures.trained[name]:,} trained" for name, rank in RANKS.items())]
    heights = [figures.accuracy["base"], *(figures.accuracy[name] for name in RANKS)]
    axes.bar(names, heights, 0.6, color=["#c9c9c9", "#dd8452", "#dd8452"])
    for index, height in enumerate(heights):
        axes.text(index, height + 0.01, f"{height:.1%}", ha="center")
    axes.set_ylim(0, 1)
    axes.set_ylabel("next tokens right")
