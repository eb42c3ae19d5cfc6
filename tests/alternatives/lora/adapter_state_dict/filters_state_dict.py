"""Filters model.state_dict() by the names of what is trainable; an OrderedDict of clones."""

from collections import OrderedDict


def adapter_state_dict(model):
    trainable = {name for name, p in model.named_parameters() if p.requires_grad}
    return OrderedDict((name, t.detach().clone()) for name, t in model.state_dict().items() if name in trainable)
