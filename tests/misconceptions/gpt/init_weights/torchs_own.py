"""A bias doesn't start at 0."""


def init_weights(model):
    for module in model.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()
