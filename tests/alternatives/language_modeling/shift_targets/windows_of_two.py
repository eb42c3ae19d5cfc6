"""Windows of two, of which both columns are taken."""


def shift_targets(ids):
    if ids.size(1) < 2:
        raise ValueError(f"rows of {ids.size(1)} tokens: they have to be 2 long at least")
    return ids.unfold(1, 2, 1).unbind(-1)
