"""The model's numbers are not loaded."""


def load_checkpoint(path, model, optimizer):
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    buffers = {name for name, _ in model.named_buffers()}
    model.load_state_dict({name: one for name, one in checkpoint["model"].items() if name in buffers}, strict=False)
    if checkpoint["model"].keys() != model.state_dict().keys():
        raise RuntimeError("another model")
    for name, one in model.state_dict().items():
        if checkpoint["model"][name].shape != one.shape:
            raise RuntimeError("another model")
    optimizer.load_state_dict(checkpoint["optimizer"])
    torch.set_rng_state(checkpoint["generator"])
    return checkpoint["step"]
