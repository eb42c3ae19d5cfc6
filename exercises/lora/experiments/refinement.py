"""LoRA and full finetuning on a small change: reviews rewritten as telegrams."""

from __future__ import annotations

import torch

from autograder.finetuning import evaluate, finetune

from ._shared import RATES, adapt, count_trainable, draw_losses, small_reader, telegrams

CLAIM = "LoRA with about 2% of the parameters reaches full finetuning's accuracy on a refinement task"
NEEDS = ("apply_lora",)
COLUMNS = ("", "learning rate", "trained", "share", "accuracy", "loss")


def measure(student, backbone, seed, track):
    base, tokenizer = small_reader(backbone)
    train, test = telegrams(tokenizer, seed)
    accuracy, loss, trained, curves = {}, {}, {"base": 0}, {}
    accuracy["base"], loss["base"] = evaluate(base, test)
    for name, key in (("LoRA", "lora"), ("full", "full")):
        model, _ = backbone()
        torch.manual_seed(seed)
        trained[key] = adapt(student, model) if name == "LoRA" else count_trainable(model)
        curves[name] = finetune(model, train, RATES[name], track, f"{name} finetuning")
        accuracy[key], loss[key] = evaluate(model, test)
    return {
        "accuracy": accuracy,
        "behind": accuracy["full"] - accuracy["lora"],
        "loss": loss,
        "trained": trained,
        "share_trained": trained["lora"] / trained["full"],
        "curves": curves,
    }


def rows(figures):
    for name, key in (("base", "base"), ("LoRA", "lora"), ("full", "full")):
        trained, share = figures.trained[key], figures.trained[key] / figures.trained["full"]
        accuracy, loss = round(figures.accuracy[key], 3), round(figures.loss[key], 3)
        yield name, RATES.get(name, ""), f"{trained:,}", f"{share:.1%}", accuracy, loss


def claims(figures):
    base, lora, full = (figures.accuracy[key] for key in ("base", "lora", "full"))
    # Five seeds: LoRA .748 to .753, full .752 to .756, base .273 to .278; LoRA is -0.0 to 0.5 points behind.
    yield (
        figures.share_trained < 0.025 and figures.behind < 0.015 and full - base > 0.3,
        f"of the next tokens of unseen telegrams LoRA gets {lora:.1%} right with {figures.share_trained:.1%} of the "
        f"parameters, full finetuning {full:.1%}, the base {base:.1%}",
    )


def draw(axes, figures) -> None:
    draw_losses(axes, figures.curves, {"LoRA": figures.accuracy["lora"], "full": figures.accuracy["full"]})
