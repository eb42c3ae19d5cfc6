"""The output is normalised; it must come out as it is."""

_right = attend


def attend(q, k, v, mask=None):
    given = _right(q, k, v, mask)
    return given / given.abs().amax(dim=-1, keepdim=True).clamp(min=1e-9)
