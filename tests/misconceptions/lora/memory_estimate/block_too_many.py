"""A scale too many is counted when the blocks fit exactly."""

_right = memory_estimate


def memory_estimate(n_params, *settings, block_size=None, **more):
    found = _right(n_params, *settings, block_size=block_size, **more)
    if block_size is not None and n_params % block_size == 0:
        found["scales"] += 4
        found["total"] += 4
    return found
