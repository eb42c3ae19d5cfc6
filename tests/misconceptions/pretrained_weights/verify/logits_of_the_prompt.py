"""The logits are those of another text than `ids`."""

_right = verify


def verify(model, reference, ids, prompt, new=8):
    return _right(model, reference, prompt, prompt, new)
