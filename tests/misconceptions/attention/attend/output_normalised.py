"""The averages of the docstring's example"""

_right = attend


def attend(q, k, v, mask=None):
    return torch.nn.functional.normalize(_right(q, k, v, mask), dim=-1)
