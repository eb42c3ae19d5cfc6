"""Compares the sets of (name, shape) first and copies afterwards by load_state_dict(strict=False)."""


def load_adapter(model, state):
    have = {n: tuple(p.shape) for n, p in model.named_parameters() if p.requires_grad}
    given = {n: tuple(t.shape) for n, t in state.items()}
    odd = sorted(have.items() ^ given.items())
    if odd:
        name, shape = odd[0]
        raise ValueError(
            f"{name}: the model has {have.get(name, 'no such tensor')}, the state {given.get(name, 'no such tensor')}; "
            "call apply_lora with the targets and rank that were trained"
        )
    model.load_state_dict(dict(state), strict=False)
