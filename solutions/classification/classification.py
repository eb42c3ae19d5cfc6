"""Finetuning for classification: a pretrained GPT-2 as a reader of texts, and a small new head that sorts them.

A language model turns a text into one vector per token. In a causal model the vector of the last real token is the
only one that has seen the whole text, so that is the vector to classify. The head is one linear layer; what else
is trained (nothing, the last blocks, everything) is the choice that this lesson is about.

Not in this file: tokenizing, loading models and data (`autograder.backbone` does both), and generating text.
Nothing here needs to import transformers: the models come in as arguments.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn import functional as F

if TYPE_CHECKING:
    from transformers import GPT2LMHeadModel, GPT2Model


def pad_batch(sequences: Sequence[Sequence[int]], pad_id: int, side: str = "right") -> dict[str, torch.Tensor]:
    """Put texts of different lengths into one rectangle of token ids, and remember which of them are real.

    Args:
        sequences: B lists of token ids, one per text, in the order of the rows. They are not changed. A list may be
            empty: its row is all padding.
        pad_id: the id to fill up with. GPT-2 has no padding token of its own, so people pass its end-of-text id,
            which may also stand *inside* a text. There it is a real token like any other.
        side: "right" fills up after the text, "left" before it.

    Returns:
        dict with exactly these two tensors, (B, T) int64, T being the length of the longest list:
            input_ids: the token ids, filled up with pad_id.
            attention_mask: 1 where a token of the text stands, 0 where it was filled up.

    Raises:
        ValueError: there is no list at all, or `side` is neither "right" nor "left". The message says what to pass.

    Example: `pad_batch([[5, 0, 7], [8]], pad_id=0)`

        input_ids       [[5, 0, 7],        attention_mask  [[1, 1, 1],
                         [8, 0, 0]]                         [1, 0, 0]]

    and with side="left" the second row is [0, 0, 8], its mask [0, 0, 1].
    """
    ### BEGIN SOLUTION
    if side not in ("right", "left"):
        raise ValueError(f"side={side!r}: pass 'right' or 'left'")
    if not sequences:
        raise ValueError("there is nothing to pad: pass at least one sequence")
    # Start with padding everywhere
    longest = max(len(sequence) for sequence in sequences)
    input_ids = torch.full((len(sequences), longest), pad_id)  # (B, T)
    attention_mask = torch.zeros_like(input_ids)  # (B, T)
    # Write each text into its row, and as many ones into the mask
    for row, sequence in enumerate(sequences):
        start = 0 if side == "right" else longest - len(sequence)
        columns = slice(start, start + len(sequence))
        input_ids[row, columns] = torch.tensor(sequence, dtype=torch.long)
        attention_mask[row, columns] = 1
    return {"input_ids": input_ids, "attention_mask": attention_mask}
    ### END SOLUTION


def last_token_pool(hidden_states: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
    """Of each text, the vector of its last real token.

    Args:
        hidden_states: (B, T, D), one vector per position, of any floating-point dtype.
        attention_mask: (B, T) int64, 1 for a real token and 0 for padding. The whole batch is padded on one side, the
            right or the left; you are not told which.

    Returns:
        (B, D), bit for bit the vectors of `hidden_states`, with their dtype. Gradients flow to those B positions and
        to no others.

    Raises:
        ValueError: a row has no real token, so it has no last one. The message says which row.

    Example (B = 2, T = 3, D = 2):

        hidden_states = [[[1, 2], [3, 4], [5, 6]],   attention_mask = [[1, 1, 0],   returns [[3, 4],
                         [[7, 8], [9, 0], [2, 4]]]                     [1, 1, 1]]            [2, 4]]
    """
    ### BEGIN SOLUTION
    has_token = attention_mask.any(dim=1)  # (B,)
    if not has_token.all():
        row = has_token.int().argmin().item()
        raise ValueError(f"row {row} has no real token: its attention_mask must hold a 1")
    # The largest position at which the mask is 1, whichever side the padding is on
    positions = torch.arange(attention_mask.shape[1], device=attention_mask.device)  # (T,)
    last = (positions * attention_mask).amax(dim=1)  # (B,)
    # One vector of each row
    rows = torch.arange(hidden_states.shape[0], device=hidden_states.device)  # (B,)
    return hidden_states[rows, last]  # (B, D)
    ### END SOLUTION


class GPT2ForClassification(nn.Module):
    """A GPT-2 without its language head, and a new linear head on the last real token of each text.

    Other exercises reach into the model by two names, so these are fixed:

    - `backbone` is the `GPT2Model` that was given, itself and not a copy. Making the classifier changes nothing about
      it: neither its weights and their gradients nor its config nor what is trainable nor whether it is in train or
      eval mode.
    - `classifier` is the head, an `nn.Linear` from the backbone's width D to num_classes, with or without a bias, as
      you like. D is in `backbone.config.hidden_size`; it is 768 only in the smallest GPT-2.

    Example: GPT-2 124M and two classes: the head has 768 · 2 = 1,536 weights (1,538 parameters with a bias), beside
    124,439,808 in the backbone. For 8 texts of 20 tokens the hidden states are (8, 20, 768), the pooled vectors
    (8, 768), the logits (8, 2).
    """

    def __init__(self, backbone: GPT2Model, num_classes: int) -> None:
        ### BEGIN SOLUTION
        super().__init__()
        self.backbone = backbone
        self.classifier = nn.Linear(backbone.config.hidden_size, num_classes)
        ### END SOLUTION

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """input_ids, attention_mask (B, T) int64 → logits (B, num_classes), one row per text of at least one token.

        - Logits are the head's plain outputs: no softmax, the loss does that, and no dropout before the head.
        - They belong to the text and not to its padding: padding wider, or on the other side, moves them by rounding
          only. For that the first real token of every text must get position 0, the next one position 1 and so on
          (`position_ids`, which the backbone takes), and the backbone must know the mask. Left to itself,
          transformers' GPT-2 counts positions from the first column, padding or not.
        - They have a graph, through the head and through the backbone.
        """
        ### BEGIN SOLUTION
        # Read: positions count from each text's first real token; what padding gets doesn't matter
        position_ids = (attention_mask.cumsum(dim=1) - 1).clamp(min=0)  # (B, T)
        output = self.backbone(
            input_ids, attention_mask=attention_mask, position_ids=position_ids, use_cache=False
        )  # last_hidden_state (B, T, D)
        # Pool
        pooled = last_token_pool(output.last_hidden_state, attention_mask)  # (B, D)
        # Classify
        return self.classifier(pooled)  # (B, C)
        ### END SOLUTION


def freeze(module: nn.Module) -> None:
    """Make every parameter in `module`, however deep, untrainable: `requires_grad` is False. In place.

    Nothing else changes: no value, no gradient, no buffer, and not the mode (train or eval) of any module, because
    dropout and batch statistics have nothing to do with what is trained. Gradients still flow *through* a frozen
    module to what comes before it.

    Example: after `freeze(nn.Linear(4, 3))` neither its weight nor its bias asks for a gradient.
    """
    ### BEGIN SOLUTION
    for parameter in module.parameters():
        parameter.requires_grad = False
    ### END SOLUTION


def count_parameters(module: nn.Module) -> tuple[int, int]:
    """How many parameters `module` has, counted element by element, and how many of those are trainable.

    A parameter that is used in two places (GPT-2 uses its token embedding as output layer too) is counted once.
    Buffers are not parameters. Counting changes nothing: no flag, no gradient, no mode (train or eval).

    Returns:
        (total, trainable), two ints.

    Example: `nn.Linear(4, 3)` has 12 weights and 3 biases: (15, 15). With its weight frozen: (15, 3).
    """
    ### BEGIN SOLUTION
    sizes = [(parameter.numel(), parameter.requires_grad) for parameter in module.parameters()]
    return sum(size for size, _ in sizes), sum(size for size, trainable in sizes if trainable)
    ### END SOLUTION


def unfreeze_last_blocks(model: nn.Module, n: int) -> None:
    """Make the last n blocks of the backbone and its final norm trainable. In place.

    Args:
        model: has a `backbone`, a GPT2Model, like your `GPT2ForClassification`. The blocks are `model.backbone.h`, in
            the order in which they are run (its config still counts those that someone cut off); the final norm is
            `model.backbone.ln_f`.
        n: how many blocks, from 0 to all of them. 0 changes nothing, the final norm included.

    It only unfreezes: whatever else is frozen or trainable (embeddings, other blocks, the head) stays so,
    and no gradient and no mode (train or eval) changes.

    Raises:
        ValueError: n is negative or there are fewer than n blocks. The message says how many there are. The model is
            then as it was.

    Example: with 12 blocks, n = 2 makes blocks 10 and 11 and the final norm trainable.
    """
    ### BEGIN SOLUTION
    blocks = model.backbone.h
    if not 0 <= n <= len(blocks):
        raise ValueError(f"n={n}: the backbone has {len(blocks)} blocks, pass a number from 0 to {len(blocks)}")
    if n == 0:
        return
    # Count from the front: blocks[-n:] would be all of them for n = 0
    for module in [*blocks[len(blocks) - n :], model.backbone.ln_f]:
        for parameter in module.parameters():
            parameter.requires_grad = True
    ### END SOLUTION


def param_groups(model: nn.Module, head_lr: float, backbone_lr: float) -> list[dict[str, Any]]:
    """What an optimizer of torch takes in place of a plain list when parts of a model learn at different rates.

    The new head starts from random numbers and can take large steps; the pretrained weights are good already and
    should take small ones. The model stays as it is: its flags, its gradients, its mode (train or eval).

    Args:
        model: has a `classifier` (the head), like your `GPT2ForClassification`.
        head_lr: learning rate of the head's parameters.
        backbone_lr: learning rate of every other parameter of the model.

    Returns:
        list of dicts `{"params": [...], "lr": ...}`. Together they hold every trainable parameter of the model exactly
        once and no frozen one. A group with nothing in it may be there or left out, as you like.

    Example: backbone frozen, `torch.optim.AdamW(param_groups(model, 1e-3, 1e-5))` trains the head alone, at 1e-3.
    """
    ### BEGIN SOLUTION
    # By identity: two parameters may hold equal values
    in_head = {id(parameter) for parameter in model.classifier.parameters()}
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return [
        {"params": [parameter for parameter in trainable if id(parameter) in in_head], "lr": head_lr},
        {"params": [parameter for parameter in trainable if id(parameter) not in in_head], "lr": backbone_lr},
    ]
    ### END SOLUTION


def prepare_finetuning(model: nn.Module, strategy: str, head_lr: float, backbone_lr: float) -> torch.optim.Optimizer:
    """Set what is trainable, and only then make the optimizer for it.

    Args:
        model: has a `backbone` (a GPT2Model) and a `classifier`, like your `GPT2ForClassification`. Whatever was frozen
            or trainable in it before, afterwards it is as the strategy says. No gradient and no mode (train or eval)
            changes.
        strategy: what is trained beside the head, which always is:
            "frozen": nothing.
            "last-2" (or another number, written in digits only): the last 2 blocks and the final norm, as in
                `unfreeze_last_blocks`. "last-0" is the same as "frozen".
            "full": everything.
        head_lr, backbone_lr: learning rates, as in `param_groups`.

    Returns:
        a `torch.optim.AdamW`, otherwise with torch's defaults, that holds every trainable parameter at its rate and
        nothing else.

    Raises:
        ValueError: an unknown strategy, or more blocks than there are. The message says what to pass. The model is
            then as it was.

    Example: `prepare_finetuning(model, "last-2", head_lr=1e-3, backbone_lr=1e-5)`.
    """
    ### BEGIN SOLUTION
    # Check, before anything changes
    kind, _, number = strategy.partition("-")
    blocks = len(model.backbone.h)
    if strategy not in ("frozen", "full") and not (kind == "last" and number.isdecimal()):
        raise ValueError(f"unknown strategy {strategy!r}: pass 'frozen', 'last-2' (or another number) or 'full'")
    if kind == "last" and int(number) > blocks:
        raise ValueError(f"strategy {strategy!r}: the backbone has {blocks} blocks, pass at most 'last-{blocks}'")

    # Set what is trainable
    freeze(model)
    model.classifier.requires_grad_(True)
    if strategy == "full":
        model.requires_grad_(True)
    elif kind == "last":
        unfreeze_last_blocks(model, int(number))

    # Only then group it
    return torch.optim.AdamW(param_groups(model, head_lr, backbone_lr))
    ### END SOLUTION


def train_epoch(
    model: nn.Module, loader: Iterable[Mapping[str, torch.Tensor]], optimizer: torch.optim.Optimizer
) -> float:
    """Show the model every batch once, in order, with one step of the optimizer after each.

    Args:
        model: called as `model(input_ids, attention_mask)`, it gives logits (B, C). It is trained in train mode,
            whatever mode it came in, and is left in train mode.
        loader: any iterable of batches, so it may have no length and can perhaps be gone through only once. A batch is
            a dict with `input_ids` and `attention_mask` (B, T) and `labels` (B,), the number of each text's class; B is
            1 or more.
        optimizer: holds what is to be trained. What it remembers is not reset.

    Each step goes down the gradient of that batch alone: of the cross-entropy between logits and labels (in nats),
    averaged over its examples.

    Returns:
        a plain float: the mean loss per example over the epoch, each taken when its batch was used for training,
        before that step.

    Raises:
        ValueError: the loader gives no batch. The message says so.

    Example: three examples with a mean loss of 0.5, then a last batch of one with 2.5: the mean per example is
    (3 · 0.5 + 1 · 2.5) / 4 = 1.0. (The mean of the two batches would be 1.5, and count the last text three times.)
    """
    ### BEGIN SOLUTION
    model.train()
    total, count = 0.0, 0
    for batch in loader:
        # Forward
        logits = model(batch["input_ids"], batch["attention_mask"])  # (B, C)
        loss = F.cross_entropy(logits, batch["labels"])  # (), the mean over the batch
        # Update
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        # Weigh each batch by its size
        total += loss.item() * len(batch["labels"])
        count += len(batch["labels"])
    if count == 0:
        raise ValueError("the loader gives no batch; one that can be read only once may have been read already")
    return total / count
    ### END SOLUTION


def accuracy(model: nn.Module, loader: Iterable[Mapping[str, torch.Tensor]]) -> float:
    """The fraction of examples, over all batches together, for which the largest logit is that of the label.

    `model` and `loader` are as in `train_epoch`. The model is run in eval mode (dropout off) and without building
    a graph; afterwards it is in the mode it came in (`model.training`; its parts have no mode of their own), nothing
    in it has changed, and gradients are switched on or off as they were before.

    Returns:
        a plain float from 0 to 1.

    Raises:
        ValueError: the loader gives no batch. The message says so.

    Example: 3 of 3 right in the first batch, 0 of 1 in the second: 3 / 4 = 0.75 (and not the mean of 1 and 0).
    """
    ### BEGIN SOLUTION
    was_training = model.training
    model.eval()
    right, count = 0, 0
    with torch.no_grad():
        for batch in loader:
            predicted = model(batch["input_ids"], batch["attention_mask"]).argmax(dim=-1)  # (B,)
            right += (predicted == batch["labels"]).sum().item()
            count += len(batch["labels"])
    model.train(was_training)
    if count == 0:
        raise ValueError("the loader gives no batch; one that can be read only once may have been read already")
    return right / count
    ### END SOLUTION


def perplexity(language_model: GPT2LMHeadModel, batches: Iterable[Mapping[str, torch.Tensor]]) -> float:
    """How surprised a language model is by texts: exp of the mean negative log-likelihood of a token, in nats.

    A token counts when it is real and the token before it in the same text is real too: the first token of a text has
    nothing it could be predicted from. Padding never counts, neither as a token to predict nor as one to predict from,
    whatever the logits there are: infinite ones, even NaN.
    The mean is over all counted tokens of all batches, each with the same weight, however they are batched or padded.

    Args:
        language_model: a GPT2LMHeadModel; called with `input_ids`, `attention_mask` and `position_ids` it gives an
            output whose `logits` (B, T, V) at position t are about token t + 1. It is run in eval mode and without a
            graph; afterwards it is in the mode it came in, as for `accuracy`, nothing in it has changed, and gradients
            are switched on or off as they were before.
        batches: any iterable of dicts with `input_ids` and `attention_mask` (B, T), padded on the right or on the
            left. As in `GPT2ForClassification`, a text's first real token has position 0.

    Returns:
        a plain float: 1 for a model that is always certain and right, V for one that knows nothing.

    Raises:
        ValueError: no token counts. The message says so.

    Example: 3 counted tokens with a log-likelihood of -1 each, in another batch one with -5: the mean is
    (3 · 1 + 5) / 4 = 2, the perplexity exp(2) = 7.389. (Averaging the two batches would give exp(3) = 20.1.)
    """
    ### BEGIN SOLUTION
    was_training = language_model.training
    language_model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for batch in batches:
            # Predict
            input_ids, mask = batch["input_ids"], batch["attention_mask"]  # (B, T)
            position_ids = (mask.cumsum(dim=1) - 1).clamp(min=0)  # (B, T)
            logits = language_model(
                input_ids=input_ids, attention_mask=mask, position_ids=position_ids
            ).logits  # (B, T, V)
            # Score each real token that has a real one before it
            counted = (mask[:, :-1] * mask[:, 1:]).bool()  # (B, T - 1), entry t is about token t + 1
            predictions, targets = logits[:, :-1][counted], input_ids[:, 1:][counted]  # (N, V), (N,)
            total += F.cross_entropy(predictions, targets, reduction="sum").item()
            count += int(counted.sum())
    language_model.train(was_training)
    if count == 0:
        raise ValueError("there is no token to predict: pass texts of at least two tokens")
    return math.exp(total / count)
    ### END SOLUTION
