"""The generator is not used: the same seed gives different responses."""

_right = rlhf_step


def rlhf_step(*args, generator=None, **settings):
    return _right(*args[:10], **settings)
