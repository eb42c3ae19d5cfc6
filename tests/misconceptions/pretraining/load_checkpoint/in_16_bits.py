"""The model's numbers come back in a lower precision."""


def load_checkpoint(path, model, optimizer):
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    held = checkpoint["model"]
    model.load_state_dict({name: one if name.endswith("seen") else one.half() for name, one in held.items()})
    optimizer.load_state_dict(checkpoint["optimizer"])
    torch.set_rng_state(checkpoint["generator"])
    return checkpoint["step"]
