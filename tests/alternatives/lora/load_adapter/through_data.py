"""Collects all problems in a list and writes through .data with a slice assignment."""


def load_adapter(model, state):
    mine = dict((n, p) for n, p in model.named_parameters() if p.requires_grad)
    problems = [f"{n} is missing" for n in mine if n not in state]
    problems += [f"{n} is not in the model" for n in state if n not in mine]
    problems += [
        f"{n} has shape {list(state[n].shape)} instead of {list(mine[n].shape)}"
        for n in mine
        if n in state and state[n].shape != mine[n].shape
    ]
    if problems:
        raise ValueError("; ".join(problems) + " -- call apply_lora with the targets and rank that were trained")
    for n, p in mine.items():
        p.data[...] = state[n]
