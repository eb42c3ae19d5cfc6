"""Untrained attention over words in another order: what moves at the last position, and by how much."""

from __future__ import annotations

import torch
from torch import nn

from ._shared import Reader

CLAIM = "Attention without positions reads a bag of words, exactly: another order gives the same vector"
NEEDS = ("embed", "model_input", "mean_embedding")
COLUMNS = ("what reads the words", "largest change under another order")

VOCAB, LENGTH, WIDTH = 50, 12, 32


def measure(student, backbone, seed, track):
    ids = torch.randint(VOCAB, (8, LENGTH))
    order = torch.arange(LENGTH)
    while (order[:-1] == torch.arange(LENGTH - 1)).any():  # every word but the last moves
        order = torch.cat([torch.randperm(LENGTH - 1), torch.tensor([LENGTH - 1])])
    table = torch.randn(VOCAB, WIDTH)
    attention = nn.MultiheadAttention(WIDTH, 4, batch_first=True)

    def attended(ids: torch.Tensor) -> torch.Tensor:
        words = student.embed(ids, table)
        return attention(words, words, words, need_weights=False)[0]

    gaps = {}
    with torch.no_grad():
        gaps["mean"] = gap(student.mean_embedding(ids, table), student.mean_embedding(ids[:, order], table))
        gaps["permuted"] = gap(attended(ids)[:, order], attended(ids[:, order]))
        for name, (positions, causal, layers) in {
            "bidirectional": (0, False, 2),
            "causal_one_layer": (0, True, 1),
            "causal_two_layers": (0, True, 2),
            "bidirectional_with_positions": (LENGTH, False, 2),
        }.items():
            torch.manual_seed(seed)
            model = Reader(student, VOCAB, positions, layers, causal=causal)
            for values in (model.tokens, model.places):
                if values is not None:
                    nn.init.normal_(values)
            gaps[name] = gap(model(ids)[:, -1], model(ids[:, order])[:, -1])
    return {"gap": gaps}


def gap(one: torch.Tensor, other: torch.Tensor) -> float:
    return (one - other).abs().max().item()


def rows(figures):
    names = {
        "mean": "the mean of the rows",
        "permuted": "attention, its outputs put in the same order",
        "bidirectional": "two bidirectional layers, at the last position",
        "causal_one_layer": "one causal layer, at the last position",
        "causal_two_layers": "two causal layers, at the last position",
        "bidirectional_with_positions": "two bidirectional layers with positions",
    }
    for name, said in names.items():
        yield said, f"{figures.gap[name]:.1e}"


def claims(figures):
    # Numbers of size 1 to 3 summed in another order in fp32 differ by 1e-6.
    # Five seeds: 7e-7 at most; .37 to .58; .28 to .45.
    found = figures.gap
    same = max(found[name] for name in ("mean", "permuted", "bidirectional", "causal_one_layer"))
    yield same < 1e-5, f"mean, attention, two bidirectional layers, one causal layer: the same to {same:.1e}"
    yield found["causal_two_layers"] > 0.01, f"two causal layers: {found['causal_two_layers']:.2f} apart"
    positions = found["bidirectional_with_positions"]
    yield positions > 0.01, f"with positions two bidirectional layers: {positions:.2f} apart"
