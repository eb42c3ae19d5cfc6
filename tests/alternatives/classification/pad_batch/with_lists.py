"""Rows are put together as Python lists and become tensors at the end."""


def pad_batch(sequences, pad_id, side="right"):
    if side not in {"left", "right"}:
        raise ValueError(f"{side} is no side")
    if len(sequences) == 0:
        raise ValueError("no sequences")
    longest = max(len(sequence) for sequence in sequences)
    ids, mask = [], []
    for sequence in sequences:
        gap, real = longest - len(sequence), len(sequence)
        if side == "right":
            ids.append(list(sequence) + gap * [pad_id])
            mask.append(real * [1] + gap * [0])
        else:
            ids.append(gap * [pad_id] + list(sequence))
            mask.append(gap * [0] + real * [1])
    return {"attention_mask": torch.LongTensor(mask), "input_ids": torch.LongTensor(ids)}
