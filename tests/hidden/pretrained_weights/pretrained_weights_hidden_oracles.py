"""What hidden checks of the lesson share: Hugging Face's GPT-2 with drawn numbers."""

from __future__ import annotations

import torch

from autograder import builders


def hugging_face(rng, sizes):
    """Their model of these sizes, in eval mode."""
    return builders.tiny_gpt2(
        rng.randint(0, 1 << 30),
        width=sizes.width,
        heads=sizes.heads,
        layers=sizes.layers,
        vocabulary=sizes.vocab,
        positions=sizes.positions,
    )


def numbers_of(model):
    """Its numbers by short names, maps (in, out), without the head."""
    return {name: one.detach().clone() for name, one in model.transformer.state_dict().items()}


@torch.no_grad()
def logits(model, ids):
    return model(ids).logits
