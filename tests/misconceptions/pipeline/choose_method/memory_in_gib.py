"""memory_gb counts 10**9 bytes; it is taken for GiB."""

_right = choose_method


def choose_method(need):
    return _right({**need, "memory_gb": need["memory_gb"] * 2**30 / 1e9})
