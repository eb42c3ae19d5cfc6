"""Windows of two tokens, taken apart; a list instead of a tuple."""


def shift_targets(ids):
    if ids.shape[1] < 2:
        raise ValueError(f"{ids.shape[1]} tokens a row: pass 2 or more")
    return list(ids.unfold(1, 2, 1).unbind(dim=-1))
