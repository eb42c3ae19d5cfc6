"""What the experiments share: the world's text as ids, and colours."""

from __future__ import annotations

import torch

BLUE, ORANGE, GREEN, GREY = "#4c72b0", "#dd8452", "#55a868", "#999999"
TRAIN_DOCUMENTS, HELD_OUT_DOCUMENTS = 8000, 500


def texts(seed: int) -> tuple[list[str], list[str]]:
    """Documents to count in, and documents that counting never saw."""
    from itertools import islice

    from autograder.backbone.world import documents

    train = islice(documents(f"language_modeling:{seed}"), TRAIN_DOCUMENTS)
    held_out = islice(documents(f"language_modeling:{seed}", held_out=True), HELD_OUT_DOCUMENTS)
    return list(train), list(held_out)


def as_stream(encoded: list[list[int]], end: int) -> torch.Tensor:
    """(N,): all texts behind each other, each ended by one id."""
    return torch.tensor([one for ids in encoded for one in (*ids, end)])
