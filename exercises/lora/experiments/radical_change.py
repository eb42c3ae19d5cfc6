"""LoRA and full finetuning where every token means another: the vocabulary is permuted."""

from __future__ import annotations

import torch

from autograder.finetuning import evaluate, finetune

from ._shared import adapt, draw_losses, small_reader, telegrams

CLAIM = "LoRA falls short where the change is radical: every word of the vocabulary means another"
NEEDS = ("apply_lora",)
COLUMNS = ("", "learning rate", "accuracy", "loss")

# Chosen like those of the telegrams. Loss on permuted reviews:
#   full  1e-3 2.74   3e-3 2.25   1e-2 2.67        LoRA, rank 8  3e-3 6.45   1e-2 6.20   3e-2 6.40
RATES = {"LoRA": 1e-2, "full": 3e-3}


def measure(student, backbone, seed, track):
    base, tokenizer = small_reader(backbone)
    train, test = telegrams(tokenizer, seed, rewrite=str)
    accuracy, loss, curves = {}, {}, {}
    accuracy["before"], loss["before"] = evaluate(base, test)

    # Permute the vocabulary
    permutation = torch.randperm(base.config.vocab_size, generator=torch.Generator().manual_seed(seed))  # (V,)
    for batch in train + test:
        batch["input_ids"] = permutation[batch["input_ids"]]  # (B, T)

    # Finetune and evaluate
    accuracy["base"], loss["base"] = evaluate(base, test)
    for name, key in (("LoRA", "lora"), ("full", "full")):
        model, _ = backbone()
        torch.manual_seed(seed)
        if name == "LoRA":
            adapt(student, model)
        curves[name] = finetune(model, train, RATES[name], track, f"{name} finetuning")
        accuracy[key], loss[key] = evaluate(model, test)
    return {"loss": loss, "accuracy": accuracy, "steps": len(train), "curves": curves}


def rows(figures):
    names = {"base, before the change": "before", "base": "base", "LoRA": "lora", "full": "full"}
    for name, key in names.items():
        yield name, RATES.get(name, ""), round(figures.accuracy[key], 3), round(figures.loss[key], 3)


def claims(figures):
    lora, full = figures.loss["lora"], figures.loss["full"]
    # Five seeds: LoRA 6.27 to 6.85, full 1.69 to 2.80; the difference is 3.96 to 4.84, its deviation 0.4.
    yield (
        lora - full > 2.5,
        f"after the same {figures.steps} steps LoRA's loss is {lora:.2f} ({figures.accuracy['lora']:.0%} right), "
        f"full finetuning's {full:.2f} ({figures.accuracy['full']:.0%} right): the embeddings, which would have to "
        "change, are frozen",
    )


def draw(axes, figures) -> None:
    draw_losses(axes, figures.curves, {"LoRA": figures.accuracy["lora"], "full": figures.accuracy["full"]})
