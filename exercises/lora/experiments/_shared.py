"""What the experiments of this lesson share: which layers are adapted, a text to read, and a finetuning to compare.

Nothing here is graded. The figures in the comments come from five seeds and one thread:
`autograder experiment lora --submission solutions --seeds 5`.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from autograder.experiments import Unfit, require, require_small
from autograder.finetuning import encode, language_loss, require_reader, reviews, telegram

TARGETS = {  # what an adapter is put beside, by family of model
    "gpt2": ("attn.c_attn", "attn.c_proj"),
    "llama": ("q_proj", "v_proj"),
}
RANK = 8

# Both methods get the same texts, batches, steps and schedule, and each its own learning rate: the one of a grid that
# gives the lowest loss on seed 100, which no figure uses. Accuracy and loss on telegrams:
#   full          3e-4 .744 .737    1e-3 .749 .710    3e-3 .749 .716
#   LoRA, rank 8  3e-3 .736 .876    1e-2 .747 .757    3e-2 .606 1.72
RATES = {"LoRA": 1e-2, "full": 1e-3}
STEPS, ROWS = 80, 16

COLOURS = {"LoRA": "#dd8452", "full": "#4c72b0"}


# --- models ---------------------------------------------------------------------------------------------------------


def targets_of(model: nn.Module) -> list[str]:
    """The attention layers of this model, as `apply_lora` wants them named."""
    family = model.config.model_type
    if family not in TARGETS:
        raise Unfit(f"This experiment does not know the layers of a {family} model by name.")
    return list(TARGETS[family])


def adapt(student, model: nn.Module, rank: int = RANK) -> int:
    """Put adapters beside the attention layers, alpha / r = 2; gives the number of trainable parameters."""
    student.apply_lora(model, targets_of(model), rank, 2 * rank)
    return count_trainable(model)


def count_trainable(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def small_reader(backbone) -> tuple[nn.Module, object]:
    """The backbone and its tokenizer, where it is small enough to train and knows how reviews go on."""
    model, tokenizer = backbone()
    require_small(model)
    require_reader(model, tokenizer)
    return model, tokenizer


# --- texts ----------------------------------------------------------------------------------------------------------


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


def telegrams(tokenizer, seed: int, rewrite: Callable[[str], str] = telegram) -> tuple[list, list]:
    """Batches to train on, each once, and batches to test with."""
    train = reviews(tokenizer, "train", STEPS * ROWS, seed, ROWS, rewrite)
    return train, reviews(tokenizer, "test", 200, seed, 50, rewrite)


# --- the picture of two trainings -----------------------------------------------------------------------------------


def draw_losses(axes, losses: dict[str, list[float]], accuracies: dict[str, float]) -> None:
    """The loss of each method over its steps, smoothed; `accuracies` go into the legend."""
    for name, values in losses.items():
        windows = [values[max(0, step - 4) : step + 1] for step in range(len(values))]
        smooth = [sum(window) / len(window) for window in windows]
        label = f"{name}: {accuracies[name]:.1%} right at the end"
        axes.plot(range(1, len(values) + 1), smooth, color=COLOURS[name], label=label)
    axes.set_xlabel("training steps")
    axes.set_ylabel("loss (mean of 5 steps)")
    axes.set_ylim(bottom=0)
    axes.legend()
