"""The modes of the model's modules have changed."""

_right = init_weights


def init_weights(model):
    model.eval()
    _right(model)
