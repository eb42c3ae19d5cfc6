"""Weights that others trained in a model that you built: translate, load, and prove that it is the same model.

A checkpoint is a dict from names to tensors. Three spellings of one name are met here:

    GPT-2's short name      h.0.attn.c_attn.weight                what this lesson calls canonical
    Hugging Face            transformer.h.0.attn.c_attn.weight    the same with a prefix, or the short name itself
    OpenAI's TensorFlow     model/h0/attn/c_attn/w                w, g (a norm's gain) or b; tables have no ending

V is the vocabulary, P the number of positions, D the width, T the length of a text, B the rows of a batch. The tables
are wte.weight (V, D) and wpe.weight (P, D). A block's linear maps are Conv1D in these files, which stores a weight as
(in, out) and computes x @ weight; `nn.Linear` stores (out, in).

No function changes the tensors that it is given, except `load_into`, which writes into the model, and none remembers
an earlier call. Your own GPT comes from the lesson `gpt`: `load_into` gets your `tensors_of`, which knows where its
numbers are.

Not in this file: downloading a checkpoint, and reading the files themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import torch
from torch import nn

# GPT-2's short names. Given; leave them as they are.
OUTSIDE_BLOCKS = ("wte.weight", "wpe.weight", "ln_f.weight", "ln_f.bias")
IN_EACH_BLOCK = (  # after "h.0.", "h.1." and so on
    "ln_1.weight",
    "ln_1.bias",
    "attn.c_attn.weight",  # queries, keys, values, side by side: 3D outputs
    "attn.c_attn.bias",
    "attn.c_proj.weight",
    "attn.c_proj.bias",
    "ln_2.weight",
    "ln_2.bias",
    "mlp.c_fc.weight",
    "mlp.c_fc.bias",
    "mlp.c_proj.weight",
    "mlp.c_proj.bias",
)


def canonical_name(name: str) -> str | None:
    """GPT-2's short name of a tensor, whoever named it.

    Args:
        name: how a checkpoint calls the tensor, in one of the three spellings above.

    Returns:
        the short name: one of OUTSIDE_BLOCKS, or "h.N." and one of IN_EACH_BLOCK for block N = 0, 1, 2 and so on. None
        for what a checkpoint may hold beside the model's numbers, which only Hugging Face's have:

        - a mask that was saved along, "h.N.attn.bias" or "h.N.attn.masked_bias", with or without "transformer.";
        - "lm_head.weight", the tied head, which is the table of tokens once more.

        In TensorFlow's spelling a block is "h0", not "h.0"; its linear maps end in "/w" and "/b", its norms and the
        final one in "/g" and "/b", and the tables are "model/wte" and "model/wpe".

    Raises:
        ValueError: any other name; nothing is guessed. The message has the name as it was given.

    Example: "transformer.h.11.ln_1.bias" and "model/h11/ln_1/b" are "h.11.ln_1.bias"; "h.0.attn.bias" is None, and
    "h.0.attn.c_attn.bias" is itself. "model/h0/ln_1/w" is unknown.
    """
    ### BEGIN SOLUTION
    digits = re.search(r"\d+", name)
    block = f"h.{int(digits[0])}." if digits else ""
    inside = [block + one for one in IN_EACH_BLOCK] if block else []
    for short in (*OUTSIDE_BLOCKS, *inside):
        if name in (short, f"transformer.{short}", _tensorflow_name(short)):
            return short
    beside = {f"{prefix}{block}attn.{mask}" for prefix in ("", "transformer.") for mask in ("bias", "masked_bias")}
    if name == "lm_head.weight" or (block and name in beside):
        return None
    raise ValueError(f"{name!r} is no name of a tensor of GPT-2")
    ### END SOLUTION


### BEGIN SOLUTION
def _tensorflow_name(short: str) -> str:
    """How OpenAI's file spells a short name."""
    *parts, kind = short.split(".")
    path = "model/" + "/".join(parts).replace("h/", "h")
    if short in ("wte.weight", "wpe.weight"):
        return path
    if kind == "bias":
        return f"{path}/b"
    return f"{path}/g" if parts[-1].startswith("ln_") else f"{path}/w"


### END SOLUTION
def stored_transposed(name: str) -> bool:
    """Whether a checkpoint holds this tensor the other way round than `nn.Linear` does.

    Args:
        name: one of GPT-2's short names.

    Returns:
        True for the weights of a block's four linear maps (attn.c_attn, attn.c_proj, mlp.c_fc and mlp.c_proj), which
        are stored (in, out); False for everything else: biases, norms, and the two tables, which stand as they are
        used. A shape doesn't tell: attn.c_proj is square.

    Example: "h.0.attn.c_proj.weight" gives True, "h.0.attn.c_proj.bias" and "wte.weight" give False.
    """
    ### BEGIN SOLUTION
    return name.endswith((".c_attn.weight", ".c_proj.weight", ".c_fc.weight"))
    ### END SOLUTION


def convert_weights(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """A checkpoint as your model can take it: short names, weights (out, in), float32.

    Args:
        state: the tensors of a checkpoint by their names, each in one of the three spellings. Any dtypes; they may be
            parameters, with a graph. OpenAI's files hold the four weights of `stored_transposed` as (1, in, out).

    Returns:
        dict with a tensor for each of OUTSIDE_BLOCKS, and for each of IN_EACH_BLOCK in every block. The four weights
        are transposed to (out, in), without that leading 1; all other shapes stay, also where a size is 1. Every
        tensor is float32, contiguous, without a graph, and has memory of its own: who writes into it changes neither
        `state` nor another tensor. Names that `canonical_name` makes None are left out.

    Raises:
        ValueError: a name is unknown; or one is missing, of those outside of blocks and those of every block from 0 to
            the highest that is named; or two names mean the same tensor. The message has all of them: unknown and
            double ones as `state` spells them, missing ones as short names.

    Example: "transformer.h.0.attn.c_attn.weight" [[1, 2, 3]] (D = 1) becomes "h.0.attn.c_attn.weight"
    [[1], [2], [3]]. Without "model/wpe", the message has "wpe.weight".
    """
    ### BEGIN SOLUTION
    names: dict[str, str] = {}  # short name → how the checkpoint spells it
    unknown, double = [], []
    for name in state:
        try:
            short = canonical_name(name)
        except ValueError:
            unknown.append(name)
            continue
        if short is None:
            continue
        if short in names:
            double += [names[short], name]
        names[short] = name
    numbers = [int(short.split(".")[1]) for short in names if short.startswith("h.")]
    needed = [*OUTSIDE_BLOCKS, *(f"h.{n}.{one}" for n in range(max(numbers, default=-1) + 1) for one in IN_EACH_BLOCK)]
    missing = [short for short in needed if short not in names]
    if unknown or double or missing:
        raise ValueError(f"unknown names: {unknown}, two for one tensor: {double}, missing: {missing}")
    converted = {}
    for short, name in names.items():
        tensor = state[name].detach()
        if stored_transposed(short):
            tensor = tensor.reshape(tensor.shape[-2:]).T
        converted[short] = tensor.to(torch.float32, copy=True, memory_format=torch.contiguous_format)
    return converted
    ### END SOLUTION


def shape_from_weights(state: Mapping[str, torch.Tensor], heads: int) -> dict[str, int]:
    """The sizes of the model that these weights belong to, as `GPTConfig` takes them.

    Args:
        state: tensors by GPT-2's short names, as `convert_weights` gives them. Others may stand beside them, a mask
            ("h.0.attn.bias") or a head ("lm_head.weight"), and change nothing.
        heads: the number of heads. It has to be given: heads share the width among them, so that every tensor has the
            same shape for each number of them.

    Returns:
        dict with "vocab" (V), "positions" (P), "width" (D), "layers" (the number of blocks) and "heads", as Python
        numbers.

    Raises:
        ValueError: heads is below 1, or doesn't divide the width. The message names heads and the width.

    Example: GPT-2's tables are (50257, 768) and (1024, 768), and its blocks h.0 to h.11; with 12 heads that is
    {"vocab": 50257, "positions": 1024, "width": 768, "layers": 12, "heads": 12}. 10 heads are a ValueError, 8 are not.
    """
    ### BEGIN SOLUTION
    vocab, width = state["wte.weight"].shape
    if heads < 1 or width % heads:
        raise ValueError(f"heads={heads} don't divide width={width}")
    layers = sum(name.endswith(".ln_1.weight") for name in state)  # one in each block
    positions = state["wpe.weight"].shape[0]
    return {"vocab": vocab, "positions": positions, "width": width, "layers": layers, "heads": heads}
    ### END SOLUTION


def load_into(
    model: nn.Module,
    state: Mapping[str, torch.Tensor],
    tensors_of: Callable[[nn.Module], dict[str, torch.Tensor]],
) -> None:
    """Write converted weights into a model, in place: all of them, or none.

    Args:
        model: your GPT, or any other model that `tensors_of` can read.
        state: tensors by GPT-2's short names, weights (out, in), as `convert_weights` gives them.
        tensors_of: your function of the lesson `gpt`, or another that does the same: it gives the model's own numbers
            by name, as tensors that share the model's memory. In place of "h.N.attn.c_attn" it may list "h.N.attn.q",
            "h.N.attn.k" and "h.N.attn.v": the rows of c_attn are D queries, then D keys, then D values.

    What `tensors_of` lists then holds the numbers of `state`, in the dtype that the model has. Nothing else changes:
    each parameter is the same object in the same memory, as trainable as before and with the gradient that it had, and
    what is tied stays tied; buffers and modes stay, and no graph is left behind. The model shares no memory with
    `state`.

    Raises:
        ValueError: `state` lacks a tensor of the model, holds one that the model doesn't have, or one of another shape.
            The message has the names of all of them. The model is as it was before.

    Example: of a model whose tensors are {"wte.weight": (5, 4), "ln_f.bias": (4,)}, a state with "wte.weight" (5, 4)
    and "ln_f.bias" (1,) is refused, although copy_ would stretch the one number to four; wte.weight is not written.
    """
    ### BEGIN SOLUTION
    tensors, given = tensors_of(model), dict(state)
    for name in state:
        if ".c_attn." in name and name not in tensors:
            parts = torch.atleast_1d(given.pop(name)).tensor_split(3)  # always three, whatever the shape
            given |= {name.replace("c_attn", letter): parts[at] for at, letter in enumerate("qkv")}
    wrong = [name for name in {**given, **tensors} if name not in given or name not in tensors]
    wrong += [name for name, one in tensors.items() if name in given and given[name].shape != one.shape]
    if wrong:
        raise ValueError(f"missing here or there, or of another shape: {', '.join(wrong)}")
    with torch.no_grad():
        for name, tensor in tensors.items():
            tensor.copy_(given[name])
    ### END SOLUTION


def compare_logits(mine: torch.Tensor, theirs: torch.Tensor, atol: float = 1e-4) -> dict[str, float | bool]:
    """How far the logits of two models are apart, and whether that is rounding.

    Args:
        mine: (..., V), the logits of one model at one or more places.
        theirs: those of the other, of the same shape; the dtype may be another.
        atol: how far two logits may be apart.

    Returns:
        dict of Python numbers:

        - "max_difference": the largest |mine - theirs| of all numbers;
        - "mean_difference": their mean;
        - "same_argmax": the share of places at which both have their largest logit at the same token, from 0 to 1;
        - "agree": whether max_difference is at most atol, True or False.

        Differences are taken in float32 at least. A number that is NaN or infinite, in either, never agrees, not with
        its like: both differences are then math.inf, and its place has no same argmax.

    Raises:
        ValueError: the shapes differ, also where one would stretch to the other. The message names both.

    Example: mine [[1, 2, 4], [0, 3, 1]] and theirs [[1, 2.5, 2], [0, 3, 1]] give a max_difference of 2, a
    mean_difference of 2.5 / 6 = 0.41667, a same_argmax of 0.5, and don't agree; with atol = 2 they do.
    """
    ### BEGIN SOLUTION
    if mine.shape != theirs.shape:
        raise ValueError(f"logits of shapes {tuple(mine.shape)} and {tuple(theirs.shape)} can't be compared")
    finite = mine.isfinite() & theirs.isfinite()
    difference = torch.where(finite, (mine.double() - theirs).abs(), torch.inf)
    same = (mine.argmax(dim=-1) == theirs.argmax(dim=-1)) & finite.all(dim=-1)
    largest = difference.max().item()
    return {
        "max_difference": largest,
        "mean_difference": difference.mean().item(),
        "same_argmax": same.double().mean().item(),
        "agree": largest <= atol,
    }
    ### END SOLUTION


### BEGIN SOLUTION
def _continued(model: nn.Module, prompt: torch.Tensor, new: int) -> torch.Tensor:
    """The tokens (b, new) that a model writes behind the prompt, always the likeliest."""
    text = prompt
    for _ in range(new):
        text = torch.cat([text, model(text)[:, -1:].argmax(dim=-1)], dim=1)
    return text[:, prompt.shape[1] :]


### END SOLUTION
def verify(
    model: nn.Module, reference: nn.Module, ids: torch.Tensor, prompt: torch.Tensor, new: int = 8
) -> dict[str, int | float | str | None]:
    """Prove in three levels that a model is the reference: its structure, its numbers, its text.

    Args:
        model: ids (B, T) → logits (B, T, V).
        reference: the same, the model that is known to be right.
        ids: (B, T) int64, the text whose logits are compared.
        prompt: (b, t) int64, the beginnings that both continue.
        new: how many tokens to write behind each, 1 or more; both can read t + new tokens.

    Returns:
        dict with the figure of each level that was reached, in this order, and with "failed":

        - "parameters": how many more parameters the model has than the reference, a whole number. One that stands in
          several places counts once, a frozen one counts, buffers don't. The level passes at 0.
        - "logits": the max_difference of what both give for `ids`, by `compare_logits` with its own atol, whose "agree"
          decides.
        - "text": the share of all b · new tokens that are the same at the same place, when each continues the prompt by
          itself with the largest logit at its last position, token by token. The level passes at 1.
        - "failed": "parameters", "logits" or "text", the first level that didn't pass, or None.

        After a level that fails nothing is computed, and later figures are left out. Both models are called in eval
        mode and without a graph. Afterwards, also after an error, each of their modules is in the mode in which it was,
        and gradients are switched on or off as they were. Parameters stay as they are, in what they hold, in their
        gradients, and in whether they are trained.

    Raises:
        ValueError: the logits have different shapes, as `compare_logits` says it.

    Example: a GPT with 8 heads for the reference's 4 has the same parameters: {"parameters": 0, "logits": 3.25,
    "failed": "logits"}, even where it writes the same text.
    """
    ### BEGIN SOLUTION
    both = (model, reference)
    mine, theirs = (sum(parameter.numel() for parameter in one.parameters()) for one in both)
    report: dict[str, int | float | str | None] = {"parameters": mine - theirs}
    if mine != theirs:
        return report | {"failed": "parameters"}
    modes = {module: module.training for one in both for module in one.modules()}
    try:
        with torch.no_grad():
            for one in both:
                one.eval()
            compared = compare_logits(model(ids), reference(ids))
            report["logits"] = compared["max_difference"]
            if not compared["agree"]:
                return report | {"failed": "logits"}
            mine, theirs = (_continued(one, prompt, new) for one in both)
            report["text"] = (mine == theirs).double().mean().item()
            return report | {"failed": None if report["text"] == 1 else "text"}
    finally:
        for module, training in modes.items():
            module.training = training
    ### END SOLUTION
