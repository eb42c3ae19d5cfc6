"""torch.nn.utils.rnn.pad_sequence on each of the three."""


def collate_chats(examples, pad_id, max_length=None):
    from torch.nn.utils.rnn import pad_sequence

    ids = [torch.tensor(example["input_ids"][:max_length]) for example in examples]
    masks = [torch.tensor(example["loss_mask"][:max_length]) for example in examples]
    if any(len(row) != len(mask) for row, mask in zip(ids, masks, strict=True)):
        raise ValueError("input_ids and loss_mask of an example must be equally long")
    empty = [index for index, mask in enumerate(masks) if mask.sum() == 0]
    if empty:
        raise ValueError(f"nothing to learn from example {empty[0]}: raise max_length or leave it out")
    labels = [row.masked_fill(mask == 0, -100) for row, mask in zip(ids, masks, strict=True)]
    return {
        "input_ids": pad_sequence(ids, batch_first=True, padding_value=pad_id),
        "attention_mask": pad_sequence([torch.ones_like(row) for row in ids], batch_first=True),
        "labels": pad_sequence(labels, batch_first=True, padding_value=-100),
    }
