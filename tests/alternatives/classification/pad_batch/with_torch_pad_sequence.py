"""torch.nn.utils.rnn.pad_sequence fills up, and the mask is a padded row of ones."""


def pad_batch(sequences, pad_id, side="right"):
    if side not in ("right", "left") or not sequences:
        raise ValueError("pass sequences, and 'right' or 'left'")
    rows = [torch.tensor(list(sequence), dtype=torch.long) for sequence in sequences]
    pad = nn.utils.rnn.pad_sequence
    return {
        "input_ids": pad(rows, batch_first=True, padding_value=pad_id, padding_side=side),
        "attention_mask": pad([torch.ones_like(row) for row in rows], batch_first=True, padding_side=side),
    }
