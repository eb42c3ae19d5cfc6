"""Pretraining: windows of one stream, a rate that rises and falls, a limit on the gradient, and a run that resumes.

What other code may count on, here and in the lessons that use this one:

- A *batch* is a pair (x, y) of int64 tensors (B, T): inputs, and for each place the token that comes next. `batches` is
  any iterable of them, so it may have no length, and can perhaps be gone through only once. B and T may differ from
  batch to batch.
- A *model* is a module that turns ids (B, T) into logits (B, T, V): a `GPT`, or any other that does so. Losses are in
  nats and are computed in float32 at least, whatever the logits' dtype.
- Steps are counted from 0.

Except where it says so, nothing that a function is given is changed: tensors, lists, modes (train, eval), what is
trainable, whether gradients are switched on, and the state of torch's global generator, from which dropout alone draws.

Not in this file: the model, several GPUs, 16-bit training, and how long a run should be.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

Batch = tuple[torch.Tensor, torch.Tensor]


def join_documents(documents: Sequence[Sequence[int]], end_id: int) -> torch.Tensor:
    """One long stream of all documents, each with the end token behind it, so that a model sees where a text is over.

    Args:
        documents: lists of ids, in order. A document may be empty, and there may be none.
        end_id: the id that is put behind each of them, behind the last one and an empty one too. It may be 0.

    Returns:
        (N,) int64, N the number of all ids plus the number of documents.

    Example: [[5, 6, 7], [8], []] with end_id 9 gives [5, 6, 7, 9, 8, 9, 9].
    """
    ### BEGIN SOLUTION
    return torch.tensor([id_ for document in documents for id_ in (*document, end_id)], dtype=torch.int64)
    ### END SOLUTION


def random_windows(data: torch.Tensor, length: int, batch: int, generator: torch.Generator) -> Batch:
    """A batch of windows that are cut from the stream at random.

    Args:
        data: (N,) int64, the stream. N is at least T + 1; where it is just that, there is one window.
        length: T, 1 or more.
        batch: B, 1 or more.
        generator: where all random numbers come from. torch's global generator is neither used nor changed.

    Returns:
        x, y, (B, T) int64 each. A row of x is data[start : start + T], that of y data[start + 1 : start + T + 1]. Each
        row has a start of its own, drawn by itself, so two rows may have the same: each of 0, 1, ..., N - T - 1 is
        equally likely, and no other can be drawn.

    Raises:
        ValueError: N is less than T + 1. The message names N and T.

    Example: data of 10 ids has 6 windows of length 4. The last begins at 5: x is data[5:9], y is data[6:10].
    """
    ### BEGIN SOLUTION
    if len(data) < length + 1:
        raise ValueError(f"{len(data)} ids hold no window of {length}: its last input needs an id behind it")
    # randint leaves its end out: the last start is N - T - 1
    starts = torch.randint(len(data) - length, (batch, 1), generator=generator)
    places = starts + torch.arange(length)  # (B, T)
    return data[places], data[places + 1]
    ### END SOLUTION


def learning_rate(step: int, peak: float, floor: float, warmup: int, total: int) -> float:
    """The rate of one step: a straight line up to `peak`, half a wave of the cosine down to `floor`, and then `floor`.

        step < warmup            peak · (step + 1) / warmup
        warmup ≤ step < total    floor + (peak - floor) / 2 · (1 + cos(π · p)),
                                 p = (step - warmup) / (total - warmup)
        total ≤ step             floor

    Args:
        step: 0 or more. Step 0 has no rate of 0, with which it would do nothing. (The schedule of Stanford's CS336 does
            begin at 0, with step / warmup; a solution of that course is one step late here.)
        peak: the largest rate.
        floor: the smallest rate after the warmup, 0 or more. The warmup begins below it where peak / warmup does.
        warmup: how many steps rise, 0 or more; with 0 the first step has the peak. It may be `total`.
        total: how many steps until the floor.

    Returns:
        the rate as a plain float.

    Example: peak 6e-4, floor 6e-5, warmup 10, total 110 give at the steps 0, 4, 9, 10, 35, 60, 85, 110 the rates 6e-5,
    3e-4, 6e-4, 6e-4, 5.209e-4, 3.3e-4, 1.391e-4, 6e-5.

    Source: the cosine is that of Loshchilov and Hutter 2017 (arXiv 1608.03983), without its restarts.
    """
    ### BEGIN SOLUTION
    if step < warmup:
        return peak * (step + 1) / warmup
    if step >= total:
        return floor
    progress = (step - warmup) / (total - warmup)  # from 0 to 1
    return floor + (peak - floor) / 2 * (1 + math.cos(math.pi * progress))
    ### END SOLUTION


def clip_gradients(parameters: Iterable[torch.Tensor], max_norm: float) -> float:
    """Limit the length of the gradient: all gradients together are one long vector, and it keeps its direction.

    Args:
        parameters: any iterable of them; it can perhaps be gone through only once. Those whose `.grad` is None are
            skipped. They are not changed themselves.
        max_norm: the limit, above 0.

    Where norm, the root of the sum of all squares of all gradients, is larger than `max_norm`, every gradient is
    multiplied by max_norm / norm, in place: `.grad` stays the same tensor. (Many add 1e-6 to the norm by which they
    divide; either is right.) Where it is smaller, no gradient changes by a bit, and gradients of 0 stay 0.

    Returns:
        the norm as it was before, as a plain float; 0.0 where no parameter has a gradient.

    Example: two parameters with the gradients [3] and [4], limit 1: they become [0.6] and [0.8], and 5.0 is returned.

    Source: Pascanu et al. 2013 (arXiv 1211.5063).
    """
    ### BEGIN SOLUTION
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    if not gradients:
        return 0.0
    norm = torch.stack([gradient.norm() for gradient in gradients]).norm().item()
    if norm > max_norm:
        for gradient in gradients:
            gradient.mul_(max_norm / norm)
    return norm
    ### END SOLUTION


def decay_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Sort a model's parameters for an optimizer: matrices are pulled towards 0, biases and gains of norms are not.

    Args:
        model: any module. Nothing of it changes.
        weight_decay: what the first group gets.

    Returns:
        two groups as every optimizer of PyTorch takes them, [{"params": [...], "weight_decay": weight_decay},
        {"params": [...], "weight_decay": 0.0}]. The first has the parameters of 2 dimensions or more (tables of
        embeddings are some), the second those of fewer; either may be empty. Each parameter that is trainable is there
        once, also where it is tied, as itself and not as a copy; frozen ones are nowhere. Within a group they stand in
        the order of `model.parameters()`, as a checkpoint of the optimizer counts on the order.

    Example: of nn.Sequential(nn.Embedding(7, 4), nn.Linear(4, 3), nn.LayerNorm(3)) the first group has two tensors, of
    28 and 12 numbers, and the second three, of 3 numbers each. `torch.optim.AdamW(decay_groups(model, 0.1), lr=3e-4)`
    trains them all.

    Source: nanoGPT's `configure_optimizers`.
    """
    ### BEGIN SOLUTION
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]  # a tied one comes once
    return [
        {"params": [parameter for parameter in trainable if parameter.ndim >= 2], "weight_decay": weight_decay},
        {"params": [parameter for parameter in trainable if parameter.ndim < 2], "weight_decay": 0.0},
    ]
    ### END SOLUTION


def adamw_step(
    parameter: torch.Tensor,
    gradient: torch.Tensor,
    state: MutableMapping[str, Any],
    lr: float,
    betas: tuple[float, float],
    eps: float,
    weight_decay: float,
) -> None:
    """One step of AdamW for one parameter, in place, without a graph.

        m ← β1 · m + (1 - β1) · g                   mean of the gradients, from 0
        v ← β2 · v + (1 - β2) · g²                  mean of their squares, from 0
        m̂ = m / (1 - β1ᵗ),  v̂ = v / (1 - β2ᵗ)   as both means begin at 0; t is 1 in the first call
        p ← p - lr · weight_decay · p - lr · m̂ / (sqrt(v̂) + eps)   p on the right is the old value

    Args:
        parameter: of any shape; it may require gradients. What its `.grad` is plays no part.
        gradient: g, of the same shape and dtype. It is not changed, and the caller may overwrite it after the call.
        state: what is kept from call to call, of this parameter alone. It is an empty dict before the first call, which
            fills it; what you keep, and under which keys, is up to you. Nothing is kept elsewhere: with a deep copy of
            it, a copy of the parameter goes on in the same way.
        lr, betas, eps, weight_decay: `betas` are (β1, β2), each at least 0 and below 1; eps is above 0. All may differ
            from call to call, and lr and weight_decay may be 0.

    All is computed in the parameter's dtype.

    Example: p = [2], state = {}, lr 0.1, betas (0.9, 0.99), eps 0.1, weight_decay 0.5. The gradient [0.5] gives
    p = [1.81667]: 0.1 goes for the decay, and 0.1 · 0.5 / (0.5 + 0.1) for the step. A second call with [-0.3] gives
    [1.71041].

    Source: Loshchilov and Hutter 2019 (arXiv 1711.05101), algorithm 2; lr on the decay as in `torch.optim.AdamW`.
    """
    ### BEGIN SOLUTION
    if not state:
        state.update(step=0, mean=torch.zeros_like(gradient), square=torch.zeros_like(gradient))
    state["step"] += 1
    with torch.no_grad():
        # mean ← mean + (1 - β) · (new - mean), in place
        state["mean"].lerp_(gradient, 1 - betas[0])
        state["square"].lerp_(gradient.square(), 1 - betas[1])
        mean = state["mean"] / (1 - betas[0] ** state["step"])
        square = state["square"] / (1 - betas[1] ** state["step"])
        parameter.mul_(1 - lr * weight_decay).sub_(lr * mean / (square.sqrt() + eps))
    ### END SOLUTION


def evaluate_loss(model: nn.Module, batches: Iterable[Batch]) -> float:
    """What a model pays for a token of texts that it isn't trained on.

    Args:
        model: it is run in eval mode, so that nothing is dropped, and without a graph. Afterwards each module is in the
            mode in which it was, and each parameter has its gradient.
        batches: pairs (x, y) as in the head of this file; y may hold any id, 0 too.

    Returns:
        a plain float: the mean of -ln p(y) over all tokens of all batches, each of which counts the same.

    Raises:
        ValueError: there is no batch. The message says so.

    Example: a batch of 1 row of 2 tokens that costs 3.0 a token, and one of 2 rows of 3 tokens that costs 1.0, give
    (2 · 3.0 + 6 · 1.0) / 8 = 1.5. (The mean of the two batches would be 2.)
    """
    ### BEGIN SOLUTION
    modes = {module: module.training for module in model.modules()}
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for x, y in batches:
            total += F.cross_entropy(model(x).flatten(0, 1).float(), y.flatten(), reduction="sum").item()
            count += y.numel()
    for module, training in modes.items():
        module.training = training
    if count == 0:
        raise ValueError("there is no batch; an iterable that can be gone through only once may have been used already")
    return total / count
    ### END SOLUTION


def train_gpt(
    model: nn.Module,
    batches: Iterable[Batch],
    optimizer: torch.optim.Optimizer,
    schedule: Callable[[int], float],
    max_norm: float,
) -> list[float]:
    """The heartbeat: one update for each batch, in their order, with a rate and a limit on the gradient.

    Args:
        model: it is put into train mode and left there, whatever mode it came in.
        batches: pairs (x, y); none at all is allowed.
        optimizer: holds all trainable parameters of the model, in one group or several. What it remembers is not reset.
        schedule: gives the rate of a step, 0 for the first batch, 1 for the next. To go on at step n, pass
            `lambda step: schedule(n + step)`.
        max_norm: the limit of `clip_gradients`, on all parameters together.

    For each batch: the mean of -ln p(y) over its tokens is the loss; its gradient, and nothing of what stood in `.grad`
    before, is clipped; the rate of this step is set in every group of the optimizer; then comes the optimizer's step.
    The model is run once for each batch. What stands in `.grad` at the end is free.

    Returns:
        the loss of each batch, before its step, as plain floats.

    Example: 100 batches, `schedule = lambda step: learning_rate(step, 6e-4, 6e-5, 10, 100)` and the optimizer
    `AdamW(decay_groups(model, 0.1), lr=1.0)` give 100 losses. The 1.0 in AdamW is never used.
    """
    ### BEGIN SOLUTION
    model.train()
    losses = []
    for step, (x, y) in enumerate(batches):
        # Forward and backward
        loss = F.cross_entropy(model(x).flatten(0, 1).float(), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        # Update
        clip_gradients(model.parameters(), max_norm)
        for group in optimizer.param_groups:
            group["lr"] = schedule(step)
        optimizer.step()
        losses.append(loss.item())
    return losses
    ### END SOLUTION


def save_checkpoint(path: str | Path, model: nn.Module, optimizer: torch.optim.Optimizer, step: int) -> None:
    """Keep all that a run needs to go on, in one file.

    Args:
        path: the file that is written, by `torch.save`; one that is there is replaced. Its folder is there, and holds
            nothing else of this afterwards.
        model: its parameters and its buffers are kept.
        optimizer: what it remembers and its settings are kept.
        step: how many steps are done, 0 or more.

    The state of torch's global generator on the CPU is kept as well, as dropout draws from it. (You may keep that of a
    GPU, too; no check asks for it.) Neither the model, nor the optimizer, nor the generator changes.

    The file holds tensors, numbers and texts, and dicts, lists and tuples of them, in a form that you choose:
    `torch.load(path, weights_only=True)` must read it.

    Example: after `save_checkpoint("run.pt", model, optimizer, 300)` there is a file run.pt. With AdamW it is about
    three times as large as the model: each parameter has two means.
    """
    ### BEGIN SOLUTION
    checkpoint = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
        "generator": torch.get_rng_state(),
    }
    torch.save(checkpoint, path)
    ### END SOLUTION


def load_checkpoint(path: str | Path, model: nn.Module, optimizer: torch.optim.Optimizer) -> int:
    """Go on where `save_checkpoint` stopped, as if the run had never stopped, bit for bit.

    Args:
        path: a file that `save_checkpoint` wrote; it is not changed. It may come from strangers: it is read with
            `weights_only=True`, so no code in it is run.
        model: made as the one that was saved, with other numbers. Its numbers are replaced in place, so parameters stay
            the same objects. Modes stay, and what is trainable. What becomes of `.grad` is free.
        optimizer: made as the one that was saved, for this model; it may be new, or may have made steps of its own.

    Afterwards the parameters and buffers of the model, what the optimizer remembers, its settings and torch's global
    generator on the CPU are what they were, so that the same batches with the same rates give the same numbers.

    Returns:
        the step that was saved, as a Python int.

    Raises:
        RuntimeError or ValueError: the file lacks a tensor that the model has, holds one that it hasn't, or one of
            another shape, as the two `load_state_dict` say it. What is in the model and in the optimizer is then free.

    Example: `start = load_checkpoint("run.pt", model, optimizer)` gives 300. `train_gpt(model, batches, optimizer,
    lambda step: schedule(start + step), 1.0)` goes on, with the batches from number 300 on.
    """
    ### BEGIN SOLUTION
    # a generator's state is always on the CPU; the two load_state_dict put theirs where the model is
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(checkpoint["model"])
    optimizer.load_state_dict(checkpoint["optimizer"])
    torch.set_rng_state(checkpoint["generator"])
    return checkpoint["step"]
    ### END SOLUTION
