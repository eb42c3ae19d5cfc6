"""Of the runs of one size only one counts; each run counts."""

_right = fit_surface


def fit_surface(sizes, tokens, losses, alpha, beta):
    found = {run[0]: run for run in zip(sizes, tokens, losses, strict=True)}
    return _right(*map(list, zip(*found.values(), strict=True)), alpha, beta)
