"""An end-of-text token at the end of a text is taken for padding; it is a real token like any other."""

_right = pad_batch


def pad_batch(sequences, pad_id, side="right"):
    batch = _right(sequences, pad_id, side)
    real = (batch["input_ids"] != pad_id).long()
    if side == "right":
        mask = real.flip(1).cummax(dim=1).values.flip(1)
    else:
        mask = real.cummax(dim=1).values
    return {"input_ids": batch["input_ids"], "attention_mask": mask}
