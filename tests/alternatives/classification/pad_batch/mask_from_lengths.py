"""The mask comes from comparing column numbers with lengths."""


def pad_batch(sequences, pad_id, side="right"):
    if side != "right" and side != "left":
        raise ValueError("side must be right or left")
    if not sequences:
        raise ValueError("pass at least one sequence")
    lengths = torch.tensor([len(sequence) for sequence in sequences])[:, None]
    columns = torch.arange(int(lengths.max()))[None]
    mask = columns < lengths if side == "right" else columns >= lengths.max() - lengths
    input_ids = torch.full(mask.shape, pad_id, dtype=torch.int64)
    input_ids[mask] = torch.tensor([token for sequence in sequences for token in sequence], dtype=torch.int64)
    return {"input_ids": input_ids, "attention_mask": mask.to(torch.int64)}
