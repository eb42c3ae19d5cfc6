"""Which parameters are trainable has changed."""

_right = init_weights


def init_weights(model):
    _right(model)
    model.tokens.requires_grad_(False)
    model.blocks[0].attention.output.requires_grad_(False)
    model.blocks[0].norm_1.requires_grad_(False)
    model.blocks[0].feed_forward.requires_grad_(False)
