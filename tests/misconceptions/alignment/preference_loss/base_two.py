"""The logarithm has base 2; natural logarithms are used everywhere here."""


def preference_loss(chosen, rejected, margin=None):
    if chosen.shape != rejected.shape:
        raise ValueError(f"{chosen.shape} and {rejected.shape} differ")
    off = 0.0 if margin is None else margin
    return -F.logsigmoid(chosen - rejected - off).mean() / 0.6931471805599453
