"""pad_sequence of torch does the filling, with its padding_side."""

import torch
from torch.nn.utils.rnn import pad_sequence


def pad_batch(sequences, pad_id, side="right"):
    rows = [torch.as_tensor(list(ids), dtype=torch.long) for ids in sequences]
    if side != "right" and side != "left":
        raise ValueError("pass side='right' or side='left', got " + repr(side))
    if not rows:
        raise ValueError("nothing to pad: pass one list of token ids or more")

    def fill(tensors, value):
        return pad_sequence(tensors, batch_first=True, padding_value=value, padding_side=side)

    return dict(attention_mask=fill([torch.ones_like(row) for row in rows], 0), input_ids=fill(rows, pad_id))
