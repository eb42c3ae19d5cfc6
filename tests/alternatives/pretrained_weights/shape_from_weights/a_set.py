"""The set of the blocks' numbers."""


def shape_from_weights(state, heads):
    (vocab, width), (positions, _) = state["wte.weight"].size(), state["wpe.weight"].size()
    if heads <= 0 or divmod(width, heads)[1]:
        raise ValueError(f"{heads=} {width=}")
    layers = len({name.split(".")[1] for name in state if name.startswith("h.")})
    return {"heads": heads, "layers": layers, "width": width, "positions": positions, "vocab": vocab}
