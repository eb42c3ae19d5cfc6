"""A frozen parameter can be trained afterwards, or the other way round."""

_right = verify


def verify(model, reference, ids, prompt, new=8):
    model.requires_grad_(False)  # in place of no_grad
    reference.requires_grad_(False)
    return _right(model, reference, ids, prompt, new)
