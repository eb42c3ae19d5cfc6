"""The pieces are taken for a list; they may come from a generator."""

_right = accumulate_gradients


def accumulate_gradients(model, micro_batches):
    len(micro_batches)
    return _right(model, micro_batches)
