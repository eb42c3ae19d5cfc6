"""The output is normalised; it must come out as it is."""

_right = attend


def attend(q, k, v, mask=None):
    return torch.nn.functional.normalize(_right(q, k, v, mask), dim=-1)
