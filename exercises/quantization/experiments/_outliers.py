"""Plants large weights into a GPT-2 without changing what it computes."""

from __future__ import annotations

import copy

import torch
from torch import nn

from autograder.experiments import Unfit

FACTOR, KEY_FACTOR, CHANNEL = 30.0, 100.0, 5


@torch.no_grad()
def plant(model: nn.Module, kind: str) -> nn.Module:
    """A copy of a GPT-2 with large weights in one channel of each block that computes the same function.

    "column": one input channel of `c_attn` and of `c_fc` times FACTOR, that channel of the norm before it divided.
    "row": one value channel of `c_attn` (weight and bias) times FACTOR, and divided in `attn.c_proj`, which reads it.
    "keys": one channel of each head's keys times KEY_FACTOR, that of its queries divided.
    """
    if model.config.model_type != "gpt2":
        raise Unfit(f"This experiment plants its outliers into a GPT-2; it does not know a {model.config.model_type}.")
    model = copy.deepcopy(model)
    change = {"column": _scale_input_channel, "row": _scale_value_channel, "keys": _scale_key_channels}[kind]
    for block in model.transformer.h:
        change(block, model.config)
    return model


def _scale_input_channel(block: nn.Module, config) -> None:
    for norm, layer in ((block.ln_1, block.attn.c_attn), (block.ln_2, block.mlp.c_fc)):
        layer.weight[CHANNEL] *= FACTOR  # Conv1D: (d_in, d_out)
        norm.weight[CHANNEL] /= FACTOR
        norm.bias[CHANNEL] /= FACTOR


def _scale_value_channel(block: nn.Module, config) -> None:
    value = 2 * config.n_embd + CHANNEL  # c_attn's outputs: queries, keys, values, n_embd of each
    block.attn.c_attn.weight[:, value] *= FACTOR
    block.attn.c_attn.bias[value] *= FACTOR
    block.attn.c_proj.weight[CHANNEL] /= FACTOR


def _scale_key_channels(block: nn.Module, config) -> None:
    width, head = config.n_embd, config.n_embd // config.n_head
    for start, factor in ((0, 1 / KEY_FACTOR), (width, KEY_FACTOR)):  # queries come first, then keys
        for channel in range(start + CHANNEL, start + width, head):
            block.attn.c_attn.weight[:, channel] *= factor
            block.attn.c_attn.bias[channel] *= factor
