"""Pretrain the tiny model: `python -m autograder.backbone.train`.

Step s draws its batch from (seed, s) alone and nothing else is random, so a run that was stopped and resumed ends in
the same weights as one that wasn't. Bit-for-bit equality needs the same machine and the same number of threads.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F

from .folders import TINY_FOLDER, control_folder, no_progress_bars
from .tokenizer import train_tokenizer
from .world import WORDINGS, documents

if TYPE_CHECKING:
    from transformers import GPT2LMHeadModel, PreTrainedTokenizerFast

CHECKPOINT = "checkpoint.pt"
CONTEXT = 256


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the weights."""

    wording: str = "paraphrased"
    seed: int = 0
    steps: int = 2200
    tokens_per_step: int = 2048
    lengths: tuple[int, ...] = (128, 128, 128, CONTEXT)  # taken in turn: mostly cheap, but every position is trained
    learning_rate: float = 2e-3  # 3e-3 and more diverges now and then, 1e-3 needs twice the steps
    warmup: int = 100
    weight_decay: float = 0.05
    layers: int = 4
    width: int = 128
    heads: int = 4


def new_model(recipe: Recipe, vocab_size: int, eos_id: int) -> GPT2LMHeadModel:
    """A freshly initialised `GPT2LMHeadModel`, its weights fixed by the seed."""
    from transformers import GPT2Config, GPT2LMHeadModel

    config = GPT2Config(
        vocab_size=vocab_size,
        n_positions=CONTEXT,
        n_embd=recipe.width,
        n_layer=recipe.layers,
        n_head=recipe.heads,
        activation_function="gelu_pytorch_tanh",  # the same function as GPT-2's gelu_new, 10 to 20% faster
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=eos_id,
        eos_token_id=eos_id,
        pad_token_id=eos_id,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        return GPT2LMHeadModel(config)


def batch(recipe: Recipe, tokenizer: PreTrainedTokenizerFast, step: int) -> torch.Tensor:
    """Token ids (B, T) of one step: rows of whole documents, each ended by eos, the last one cut at T.

    A row starts where a document starts, as a prompt does later.
    """
    length = recipe.lengths[step % len(recipe.lengths)]
    rows: list[list[int]] = [[]]
    wanted = recipe.tokens_per_step // length
    stream = documents(f"{recipe.seed}:{step}", wording=recipe.wording)
    while True:
        texts = [next(stream) for _ in range(64)]
        for ids in tokenizer(texts)["input_ids"]:
            rows[-1] += [*ids, tokenizer.eos_token_id]
            if len(rows[-1]) >= length:
                rows[-1] = rows[-1][:length]
                if len(rows) == wanted:
                    return torch.tensor(rows)
                rows.append([])


def learning_rate(recipe: Recipe, step: int) -> float:
    """Linear warm-up, then linear decay to a twentieth."""
    if step < recipe.warmup:
        return recipe.learning_rate * (step + 1) / recipe.warmup
    left = (recipe.steps - step) / max(1, recipe.steps - recipe.warmup)
    return recipe.learning_rate * max(0.05, left)


def new_optimizer(recipe: Recipe, model: torch.nn.Module) -> torch.optim.Optimizer:
    """AdamW; biases, norms and embeddings are not decayed."""
    decayed: list[torch.nn.Parameter] = []
    kept: list[torch.nn.Parameter] = []
    for name, parameter in model.named_parameters():
        matrix = parameter.dim() >= 2 and "wte" not in name and "wpe" not in name
        (decayed if matrix else kept).append(parameter)
    groups = [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": kept, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate, betas=(0.9, 0.98), fused=True)


def write_checkpoint(
    path: Path, recipe: Recipe, step: int, model: torch.nn.Module, optimizer: torch.optim.Optimizer
) -> None:
    """Replace the checkpoint in one move: a run killed while writing keeps the previous one."""
    state = {"recipe": asdict(recipe), "step": step, "model": model.state_dict(), "optimizer": optimizer.state_dict()}
    temporary = path.with_suffix(".partial")
    torch.save(state, temporary)
    os.replace(temporary, path)


def read_checkpoint(path: Path, recipe: Recipe, model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> int:
    """Load model and optimizer and return the next step; 0 when there is no checkpoint of this recipe."""
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    if state["recipe"] != asdict(recipe):
        raise SystemExit(f"{path} was written by another recipe ({state['recipe']}); delete it or change --out")
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    step: int = state["step"]
    return step


def train(
    recipe: Recipe,
    out: Path,
    resume: bool = False,
    checkpoint_every: int = 100,
    on_step: Callable[[int, float], None] | None = None,
    stop_after: int | None = None,
) -> tuple[GPT2LMHeadModel, PreTrainedTokenizerFast] | None:
    """Train by the recipe, write model (fp16 safetensors) and tokenizer to `out`, return both.

    `on_step(step, loss)` is told after each step. `stop_after` ends the run early and leaves only a checkpoint, as an
    interruption would (returns None).
    """
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = train_tokenizer()
    model = new_model(recipe, len(tokenizer), tokenizer.eos_token_id).train()
    optimizer = new_optimizer(recipe, model)
    checkpoint = out / CHECKPOINT
    start = read_checkpoint(checkpoint, recipe, model, optimizer) if resume else 0
    for step in range(start, recipe.steps):
        if step == stop_after:
            write_checkpoint(checkpoint, recipe, step, model, optimizer)
            return None
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(recipe, step)
        input_ids = batch(recipe, tokenizer, step)
        optimizer.zero_grad()
        logits = model(input_ids=input_ids, attention_mask=torch.ones_like(input_ids), use_cache=False).logits
        loss = F.cross_entropy(logits[:, :-1].flatten(0, 1), input_ids[:, 1:].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if (step + 1) % checkpoint_every == 0:
            write_checkpoint(checkpoint, recipe, step + 1, model, optimizer)
        if on_step is not None:
            on_step(step, loss.item())
    save(model, tokenizer, out)
    checkpoint.unlink(missing_ok=True)
    return model.float().eval(), tokenizer


def save(model: GPT2LMHeadModel, tokenizer: PreTrainedTokenizerFast, out: Path) -> None:
    """Write both as `load_backbone` reads them. fp16 halves the file and moves no figure of the card."""
    with no_progress_bars():
        model.half().save_pretrained(out)
    tokenizer.save_pretrained(out)
    (out / "model.safetensors").chmod(0o644)  # safetensors writes it readable for its owner alone


def train_with_progress(
    recipe: Recipe, out: Path, resume: bool = False
) -> tuple[GPT2LMHeadModel, PreTrainedTokenizerFast] | None:
    """`train`, with a bar that shows step, loss and time left."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]:.3f}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns) as progress:
        task = progress.add_task("pretraining", total=recipe.steps, loss=float("nan"))
        return train(
            recipe, out, resume, on_step=lambda step, loss: progress.update(task, completed=step + 1, loss=loss)
        )


def main(arguments: list[str] | None = None) -> None:
    default = Recipe()
    parser = argparse.ArgumentParser(prog="python -m autograder.backbone.train", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="folder for model and tokenizer (default: the shipped model's, or for"
                        " --wording single its place in the cache)")  # fmt: skip
    parser.add_argument("--wording", choices=WORDINGS, default=default.wording, help="'single' is the negative control")
    parser.add_argument("--seed", type=int, default=default.seed)
    parser.add_argument("--steps", type=int, default=default.steps)
    parser.add_argument("--threads", type=int, default=2, help="part of what makes a run repeatable bit for bit")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out, if there is one")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    recipe = Recipe(wording=options.wording, seed=options.seed, steps=options.steps)
    out = options.out
    if out is None:
        out = TINY_FOLDER if options.wording == "paraphrased" else control_folder()
    train_with_progress(recipe, out, options.resume)
    print(f"written to {out}; measure it with: python -m autograder.backbone.card --model {out}")


if __name__ == "__main__":
    main()
