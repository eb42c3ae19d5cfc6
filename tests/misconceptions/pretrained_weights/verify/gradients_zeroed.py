"""Gradients that were there are gone, or changed."""

_right = verify


def verify(model, reference, ids, prompt, new=8):
    model.zero_grad()
    reference.zero_grad()
    return _right(model, reference, ids, prompt, new)
