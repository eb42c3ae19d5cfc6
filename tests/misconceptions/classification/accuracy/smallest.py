"""It looks for the smallest logit; it must be the largest."""

_right = accuracy


def accuracy(model, loader):
    class Negated(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, *args):
            return -self.model(*args)

    was_training = model.training
    fraction = _right(Negated(), loader)
    model.train(was_training)
    return fraction
