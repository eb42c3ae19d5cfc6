"""Its total leaves frozen parameters out."""


def count_parameters(module):
    trainable = sum(p.numel() for p in module.parameters() if p.requires_grad)
    return trainable, trainable
