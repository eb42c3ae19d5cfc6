"""The model came in eval mode and is in train mode afterwards; its mode is the caller's business."""

_right = accumulate_gradients


def accumulate_gradients(model, micro_batches):
    model.train()
    return _right(model, micro_batches)
