"""Loading changes what is trainable in the model."""

_right = load_adapter


def load_adapter(model, state):
    _right(model, state)
    model.requires_grad_(True)
