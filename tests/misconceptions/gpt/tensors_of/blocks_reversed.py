"""The blocks are listed in another order than they run."""

_right = tensors_of


def tensors_of(model):
    last = model.config.layers - 1
    return {
        (f"h.{last - int(name.split(chr(46))[1])}." + name.split(".", 2)[2] if name[:2] == "h." else name): tensor
        for name, tensor in _right(model).items()
    }
