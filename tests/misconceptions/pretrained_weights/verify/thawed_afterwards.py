"""A frozen parameter can be trained afterwards, or the other way round."""

_right = verify


def verify(model, reference, ids, prompt, new=8):
    for one in (model, reference):
        one.requires_grad_(False)
    try:
        return _right(model, reference, ids, prompt, new)
    finally:
        for one in (model, reference):
            one.requires_grad_(True)
