"""The tables start as nn.Embedding does, fifty times as wide as GPT-2's."""

also = ("A bias doesn't start at 0.",)


def init_weights(model):
    for module in model.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()
