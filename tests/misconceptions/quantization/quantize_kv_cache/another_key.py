"""There is a key more than the docstring has."""

_right = quantize_kv_cache


def quantize_kv_cache(keys, values, bits=8):
    return {**_right(keys, values, bits), "bits": bits}
