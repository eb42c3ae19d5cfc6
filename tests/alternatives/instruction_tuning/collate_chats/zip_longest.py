"""Columns by zip_longest, transposed into rows at the end."""

from itertools import zip_longest

import torch


def collate_chats(examples, pad_id, max_length=None):
    triples = []
    for number, example in enumerate(examples):
        ids, flags = example["input_ids"], example["loss_mask"]
        if len(ids) != len(flags):
            raise ValueError(f"example {number} has {len(ids)} ids and {len(flags)} flags: they must be as many")
        row = [(i, 1, i if f else -100) for i, f in zip(ids, flags, strict=False)][slice(max_length)]
        if all(f == 0 for f in flags[slice(max_length)]):
            raise ValueError(f"example {number}: no id is supervised, so remove it or cut later")
        triples.append(row)
    columns = list(zip_longest(*triples, fillvalue=(pad_id, 0, -100)))
    block = torch.tensor(columns, dtype=torch.int64).permute(2, 1, 0).contiguous()
    return dict(zip(("input_ids", "attention_mask", "labels"), block, strict=False))
