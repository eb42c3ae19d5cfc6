"""The optimizer's settings are not loaded."""


def load_checkpoint(path, model, optimizer):
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(checkpoint["model"])
    checkpoint["optimizer"]["param_groups"] = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict(checkpoint["optimizer"])
    torch.set_rng_state(checkpoint["generator"])
    return checkpoint["step"]
