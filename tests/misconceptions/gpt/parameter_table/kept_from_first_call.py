"""The table of an earlier model is given."""

_right = parameter_table
_kept = []


def parameter_table(model):
    if not _kept:
        _kept.append(_right(model))
    return _kept[0]
