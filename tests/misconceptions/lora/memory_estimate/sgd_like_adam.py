"""optimizer_bits=0 is taken for Adam's 64; plain SGD keeps nothing."""

_right = memory_estimate


def memory_estimate(n_params, method="full", weight_bits=16, gradient_bits=16, optimizer_bits=None, *rest, **more):
    return _right(n_params, method, weight_bits, gradient_bits, optimizer_bits or 64, *rest, **more)
