"""Computed in float64, written through .data and set_."""


def master_step(weights, masters, gradients, lr):
    for at in range(len(weights)):
        if gradients[at] is not None:
            stepped = masters[at].double() - lr * gradients[at].detach().double()
            masters[at].data[...] = stepped.float()
            weights[at].data[...] = masters[at].type(weights[at].dtype)
