"""memory_estimate with a method that doesn't exist raises ValueError without a message; say why."""

_right = memory_estimate


def memory_estimate(*args, **options):
    try:
        return _right(*args, **options)
    except ValueError:
        raise ValueError from None
