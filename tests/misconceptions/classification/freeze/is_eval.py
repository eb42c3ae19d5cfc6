"""Nothing is frozen: every parameter still asks for a gradient."""

also = ("freeze switches modules between train and eval mode.",)  # eval() does that


def freeze(module):
    module.eval()
