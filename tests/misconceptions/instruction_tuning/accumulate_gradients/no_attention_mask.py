"""The attention mask does not reach the model."""

_right = accumulate_gradients


def accumulate_gradients(model, micro_batches):
    pieces = [{**piece, "attention_mask": torch.ones_like(piece["attention_mask"])} for piece in micro_batches]
    return _right(model, pieces)
