"""The mask comes first, from a comparison of columns with lengths in numpy, and the ids are written through it."""

import numpy as np
import torch


def pad_batch(sequences, pad_id, side="right"):
    lengths = np.array([len(s) for s in sequences], dtype=np.int64)
    if lengths.size == 0:
        raise ValueError("pass at least one list of ids")
    if side not in {"left", "right"}:
        raise ValueError(f"side={side!r}; it has to be 'left' or 'right'")
    columns = np.arange(lengths.max())[None, :]
    if side == "right":
        real = columns < lengths[:, None]
    else:
        real = columns >= lengths.max() - lengths[:, None]
    ids = np.full(real.shape, pad_id, dtype=np.int64)
    ids[real] = np.array([t for s in sequences for t in s], dtype=np.int64)
    return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(real.astype(np.int64))}
