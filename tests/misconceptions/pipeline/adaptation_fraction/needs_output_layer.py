"""It rejects a GPT2Model, which has no output layer."""

_right = adaptation_fraction


def adaptation_fraction(model, method, num_classes=2, r=8):
    assert len(model.transformer.h) > 0
    return _right(model, method, num_classes, r)
