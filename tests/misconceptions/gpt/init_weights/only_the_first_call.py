"""A second call doesn't draw anew."""

also = ("Every model starts with the same numbers: they come from a generator whose seed is fixed.",)

_right = init_weights


def init_weights(model):
    if not hasattr(model, "started"):
        model.started = True
        _right(model)
