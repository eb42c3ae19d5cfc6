"""Parameters are replaced by others; an optimizer would go on with the old ones."""

also = ("Which parameters are trainable has changed.",)

_right = init_weights


def init_weights(model):
    model.norm.weight = nn.Parameter(torch.ones_like(model.norm.weight))
    _right(model)
