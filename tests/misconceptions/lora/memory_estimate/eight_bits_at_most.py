"""qlora is rejected with weights of fewer than 16 bits."""

_right = memory_estimate


def memory_estimate(n_params, method="full", weight_bits=16, *args, **options):
    if method == "qlora" and weight_bits > 8:
        raise ValueError("qlora needs 8 bits or fewer")
    return _right(n_params, method, weight_bits, *args, **options)
