"""The highest number of a block and 1; sizes by len."""


def shape_from_weights(state, heads):
    width = state["ln_f.bias"].numel()
    if heads < 1:
        raise ValueError(f"there have to be heads, not {heads}; the width is {width}")
    if width // heads * heads != width:
        raise ValueError(f"width {width} can't be shared by {heads} heads")
    blocks = [int(name.split(".")[1]) for name in state if name.startswith("h.")]
    return dict(
        vocab=len(state["wte.weight"]),
        positions=len(state["wpe.weight"]),
        width=width,
        layers=max(blocks) + 1,
        heads=heads,
    )
