"""A block of one weight is rejected; only a block_size below 1 is an error."""

_right = memory_estimate


def memory_estimate(*args, **options):
    if options.get("block_size") == 1:
        raise ValueError("block_size must be above 1")
    return _right(*args, **options)
