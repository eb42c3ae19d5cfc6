"""The masters of an earlier call are used."""

_right = master_step
_masters = []


def master_step(weights, masters, gradients, lr):
    if [one.shape for one in _masters] != [one.shape for one in masters]:
        _masters[:] = [one.clone() for one in masters]
    for master, old in zip(masters, _masters, strict=True):
        master.copy_(old)
    _right(weights, masters, gradients, lr)
    _masters[:] = [one.clone() for one in masters]
