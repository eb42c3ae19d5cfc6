"""GPT as modules: five classes that train, switch dropout off, save and write, and the numbers that prove them first.

What other code may count on, here and in the lessons that use this one:

- `GPTConfig(vocab, positions, width, layers, heads, dropout)` are the sizes: V, P, D, the number of blocks, H, and the
  probability of dropout.
- `GPT(config)` is a module that turns ids (B, T) into logits (B, T, V), and `model.config` is what it was made with.
- `tensors_of(model)` names the model's numbers as GPT-2's files do. It is the only way in: what a module's attributes
  are called is up to you.

Each linear map has a weight and a bias, each norm is a module of its own with a gain and a bias, and besides these and
the two tables there are no parameters. Checks find them by their shapes, in the order of `named_parameters()`, and fill
them in place, so a module reads them when it is called. A weight may be stored (out, in), as `nn.Linear` does, or
(in, out). Modules compute in the dtype and on the device of
their parameters; `to`, `state_dict`, `load_state_dict` and `copy.deepcopy` work as in every module of PyTorch. No
function changes the tensors that it is given, except `init_weights`.

Source: GPT-2 (Radford et al. 2019, and its published code): norms before the sublayers, tied output, tanh GELU.

Not in this file: training, saved weights of others, and a cache for what was already read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F


@dataclass
class GPTConfig:
    """The sizes of a GPT. Given; leave it as it is."""

    vocab: int  # V
    positions: int  # P, the longest text that can be read
    width: int  # D
    layers: int
    heads: int  # H, a divisor of the width
    dropout: float = 0.0  # from 0 to 1, at which everything is dropped


class CausalSelfAttention(nn.Module):
    """Attention of several heads in which a position looks at itself and at what stands before it.

        heads(x) = softmax(Q Kᵀ / sqrt(D / H) + mask) V   each head: its D / H columns of Q, K and V
        y = all heads side by side, times W_o, plus b_o

    - Queries, keys and values are linear maps of x with bias: one D to 3D, which gives the three side by side in an
      order that you choose, or three D to D. Head h has the columns h · D / H to (h + 1) · D / H of each.
    - W_o and b_o are one more linear map, D to D.
    - A position that lies ahead has weight 0, however large its score. The mask is no parameter.
    - `config.dropout`, in train mode only: each weight of attention is set to 0 with this probability, drawn for each
      by itself, and each number of the output y; what stays is divided by 1 - dropout. In eval mode nothing is drawn.

    Example (D = 2, one head, all four matrices the identity, all biases 0): x = [[1, 0], [0, 1], [1, 1]] gives
    [[1, 0], [0.3302, 0.6698], [0.7517, 0.7517]]. The second row has the scores 0 and 0.7071, so the weights
    0.3302 and 0.6698.
    """

    def __init__(self, config: GPTConfig) -> None:
        """Make the linear maps; how their numbers start is up to you.

        Raises:
            ValueError: the heads don't divide the width. The message names both.
        """
        raise NotImplementedError("CausalSelfAttention.__init__ is not written yet")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (B, T, D) → (B, T, D), for any T from 1 to `config.positions`."""
        raise NotImplementedError("CausalSelfAttention.forward is not written yet")


class FeedForward(nn.Module):
    """What each position does by itself with what attention brought: D to 4D, GELU, 4D to D.

        y = gelu(x W_in + b_in) W_out + b_out
        gelu(a) = a / 2 · (1 + tanh(sqrt(2 / π) · (a + 0.044715 a³)))       GPT-2's form

    Two linear maps with bias. `config.dropout` acts in train mode only: each number of the output y is set to 0 with
    this probability, and what stays is divided by 1 - dropout. There is no other dropout inside.

    Example: gelu(-1) = -0.15881 and gelu(3) = 2.99636, so of width 1, with all weights 1 and all biases 0, x = -1 gives
    -0.63523 and x = 3 gives 11.98545. GELU's other form, with erf, would give -0.63462 and 11.98380.
    """

    def __init__(self, config: GPTConfig) -> None:
        """Make the linear maps; how their numbers start is up to you."""
        raise NotImplementedError("FeedForward.__init__ is not written yet")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (..., D), any number of leading dimensions → the same shape."""
        raise NotImplementedError("FeedForward.forward is not written yet")


class Block(nn.Module):
    """One layer: attention, then the feed-forward network; each reads a norm of the stream and adds to the stream.

        x = x + attention(norm_1(x))
        x = x + feed_forward(norm_2(x))

    The norms have a gain and a bias each and an eps of 1e-5, as `nn.LayerNorm` does; the parameters of norm_1 come
    before those of norm_2. The block drops nothing beyond what its two sublayers drop.

    Example: at a dropout of 1 both sublayers give zeros in train mode, so a block gives x back, bit for bit.
    """

    def __init__(self, config: GPTConfig) -> None:
        """Make the norms and the sublayers; how their numbers start is up to you."""
        raise NotImplementedError("Block.__init__ is not written yet")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (B, T, D) → (B, T, D), for any T from 1 to `config.positions`."""
        raise NotImplementedError("Block.forward is not written yet")


class GPT(nn.Module):
    """The whole model: ids become rows of a table, blocks add to them, and the same table turns them into scores.

        x = dropout(tokens[ids] + positions[0 ... T - 1])  tables (V, D) and (P, D)
        x = each block in turn
        logits = norm(x) · tokensᵀ                         a final norm with gain and bias, eps 1e-5

    - The table of tokens is one parameter, used at both ends ("tied"): the output has no matrix of its own and no bias.
    - Among the parameters the blocks follow each other as they run. Where the tables stand is up to you, and whether
      the final norm comes before the blocks or after them.
    - `config.dropout` on x acts in train mode only, with each number by itself, as in the sublayers.
    - In eval mode two calls give the same; every parameter gets its gradient.
    - `config` is kept as an attribute of that name.

    Example: one block of width 768 has 7,087,872 numbers, so GPT-2, GPTConfig(50257, 1024, 768, 12, 12), has
    38,597,376 + 786,432 + 12 · 7,087,872 + 1,536 = 124,439,808.
    """

    def __init__(self, config: GPTConfig) -> None:
        """Make all parts; how their numbers start is up to you, as `init_weights` is there for that."""
        raise NotImplementedError("GPT.__init__ is not written yet")

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """ids (B, T) int64, T from 1 to `config.positions` → logits (B, T, V).

        The logits at t follow from ids 0 to t of the same row alone.

        Raises:
            ValueError: T is more than `config.positions`. The message names both.
        """
        raise NotImplementedError("GPT.forward is not written yet")


def tensors_of(model: GPT) -> dict[str, torch.Tensor]:
    """The model's own numbers by GPT-2's names: the way in for everyone who doesn't know its attributes.

    Returns:
        dict with exactly these keys, for every block N = 0 ... layers - 1. Weights are (out, in):

            wte.weight (V, D)                wpe.weight (P, D)
            h.N.ln_1.weight (D,)             h.N.ln_1.bias (D,)
            h.N.attn.c_attn.weight (3D, D)   h.N.attn.c_attn.bias (3D,)  rows: queries, keys, values
            h.N.attn.c_proj.weight (D, D)    h.N.attn.c_proj.bias (D,)
            h.N.ln_2.weight (D,)             h.N.ln_2.bias (D,)
            h.N.mlp.c_fc.weight (4D, D)      h.N.mlp.c_fc.bias (4D,)
            h.N.mlp.c_proj.weight (D, 4D)    h.N.mlp.c_proj.bias (D,)
            ln_f.weight (D,)                 ln_f.bias (D,)

        In place of the two of attn.c_attn there may stand six: attn.q, attn.k and attn.v, each with its weight (D, D)
        and bias (D,). The output stands nowhere, as it is the table of tokens; nor do masks or other buffers.

        Every tensor is one of the model's parameters, or a view of one: written into in place, it changes what the
        model computes, of now and of later changes it shows the model's own numbers. Calling it changes nothing.

    Example: a parameter `weight` that you store (in, out) is listed as `weight.T`, and the queries of a map D to 3D as
    the slice `weight[:D]`: both are views. `weight.T.contiguous()` would be a copy.
    """
    raise NotImplementedError("tensors_of is not written yet")


def init_weights(model: GPT) -> None:
    """Draw all numbers of the model anew, in place, as GPT-2 starts.

    - Tables and weights are drawn from a normal distribution with mean 0 and standard deviation 0.02, each number by
      itself.
    - The two weights of each block that write into the stream, attn.c_proj and mlp.c_proj, have 0.02 / sqrt(2 · layers)
      for 0.02: 2 · layers additions then leave the stream about as wide at any depth.
    - Biases are 0, gains 1.

    What stood there before doesn't matter: a second call draws again, with the same spreads. Numbers come from torch's
    global generator, which is never seeded here. Parameters stay the same objects, each as trainable as it was, without
    a graph; modes stay too.

    Example: in GPT-2's 12 layers the two have 0.02 / sqrt(24) = 0.00408.

    Source: Radford et al. 2019, section 2.3.
    """
    raise NotImplementedError("init_weights is not written yet")


def parameter_table(model: nn.Module) -> dict[str, int]:
    """Where a model's numbers are: how many parameters each of its top-level parts holds.

    Args:
        model: any module. Its parts are its children, and the parameters that it holds itself.

    Returns:
        dict with a key for each part, its attribute's name, and "total", the sum of the others. Parameters that share
        their memory count once, for the first part that has them, also inside one part; where nothing is left, it is 0.
        Frozen parameters count, buffers never. Nothing of the model changes.

    Example: of a model whose `wte` is nn.Embedding(5, 3), whose `head` is nn.Linear(3, 5) with the weight of `wte`, and
    whose `scale` is an nn.Parameter of 2 numbers: {"scale": 2, "wte": 15, "head": 5, "total": 22}.
    """
    raise NotImplementedError("parameter_table is not written yet")


def first_loss(model: nn.Module, ids: torch.Tensor) -> float:
    """What a model pays for the next token: before any training ln V, if it prefers nothing; far more is a wrong start.

    Args:
        model: ids (B, T) → logits (B, T, V), a `GPT` or any other module that does so.
        ids: (B, T) int64, T from 2 to as many as the model can read.

    Returns:
        the mean of -ln p(next token) over all B · (T - 1) places that have one, in nats, as a Python number. It is
        computed in eval mode, without a graph, in float32 at least. Afterwards each module is in the mode in which it
        was, each parameter has its gradient and is as trainable as before, and gradients are switched on or off as they
        were.

    Raises:
        ValueError: T is below 2, so nothing follows. The message names T.

    Example: logits of 0 give ln V, whatever the ids: ln 2048 = 7.625 and ln 50257 = 10.825.
    """
    raise NotImplementedError("first_loss is not written yet")


def generate(
    model: nn.Module,
    ids: torch.Tensor,
    new: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> torch.Tensor:
    """Write: ask the model what comes next, draw it, append it, and ask again.

    Args:
        model: a `GPT`, or any other module from ids (B, t) to logits (B, t, V) with a `config.positions`.
        ids: (B, t) int64, the prompts, t of 1 or more.
        new: how many tokens to write behind each, 0 or more.
        temperature: tokens are drawn from softmax(logits / temperature). 0 takes the largest logit, of equal ones the
            first.
        top_k: None, or how many of the largest logits can be drawn; others that equal the smallest of them can too. V
            or more leaves all.
        generator: where random numbers come from; None is torch's global generator.

    Returns:
        (B, t + new) int64: the prompts, and what was written behind them. Each token is drawn by itself from what the
        model gives at the last position, when it is shown all ids of the row so far or, of more than
        `model.config.positions`, that many of the last. The model is called once for each new token, in eval mode and
        without a graph. Afterwards each module is in the mode in which it was, each parameter has its gradient and is
        as trainable as before, and gradients are switched on or off as they were.

    Raises:
        ValueError: new or temperature below 0, or top_k below 1. The message names which, with its value.

    Example: a model that is sure of the last id plus 1 continues [[3, 4]] with new = 3 to [[3, 4, 5, 6, 7]].
    """
    raise NotImplementedError("generate is not written yet")
