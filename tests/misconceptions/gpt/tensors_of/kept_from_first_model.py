"""What is listed has wrong values."""

also = ("Some tensors have the wrong shape.",)

_right = tensors_of
_kept = {}


def tensors_of(model):
    if model.config.layers not in _kept:
        _kept[model.config.layers] = _right(model)
    return _kept[model.config.layers]
