"""Counts the parameters of modules on the meta device."""

from torch import nn


def input_parameters(vocab, positions, width, tied=True):
    def numbers(module):
        return sum(p.numel() for p in module.parameters())

    result = dict(
        tokens=numbers(nn.Embedding(vocab, width, device="meta")),
        positions=numbers(nn.Embedding(positions, width, device="meta")),
        output=0 if tied else numbers(nn.Linear(width, vocab, bias=False, device="meta")),
    )
    result["total"] = sum(result.values())
    return result
