"""Compares two dicts of shapes as sets of items, and copies with torch._foreach_copy_."""


def load_adapter(model, state):
    mine = dict(filter(lambda item: item[1].requires_grad, model.named_parameters()))
    have = {name: tuple(t.shape) for name, t in state.items()}
    want = {name: tuple(p.shape) for name, p in mine.items()}
    different = sorted({name for name, _ in have.items() ^ want.items()})
    if different:
        raise ValueError(
            "the state doesn't fit the model in "
            + ", ".join(different)
            + ": call apply_lora with the targets and rank that were trained"
        )
    torch._foreach_copy_([p.data for p in mine.values()], [state[name].detach() for name in mine])
