"""Three full tensors that are written into row by row, after one pass that checks."""

import torch


def collate_chats(examples, pad_id, max_length=None):
    kept = []
    for i, e in enumerate(examples):
        if len(e["input_ids"]) != len(e["loss_mask"]):
            raise ValueError(f"lists of example {i} differ in length: encode it again")
        n = len(e["input_ids"]) if max_length is None else min(max_length, len(e["input_ids"]))
        if not any(e["loss_mask"][:n]):
            raise ValueError(f"nothing is supervised in example {i}; drop it or allow a larger max_length")
        kept.append(n)
    shape = (len(kept), max(kept))
    ids = torch.full(shape, pad_id, dtype=torch.long)
    attention = torch.zeros(shape, dtype=torch.long)
    labels = torch.full(shape, IGNORE_INDEX, dtype=torch.long)
    for row, (e, n) in enumerate(zip(examples, kept, strict=False)):
        ids[row, :n] = torch.as_tensor(e["input_ids"])[:n]
        attention[row, :n] = 1
        learned = torch.as_tensor(e["loss_mask"])[:n].bool()
        labels[row, :n][learned] = ids[row, :n][learned]
    return {"labels": labels, "attention_mask": attention, "input_ids": ids}
