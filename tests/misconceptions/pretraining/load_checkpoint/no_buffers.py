"""The model's buffers are not loaded."""


def load_checkpoint(path, model, optimizer):
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    kept = {name: one.clone() for name, one in model.named_buffers()}
    model.load_state_dict(checkpoint["model"])
    for name, one in model.named_buffers():
        one.copy_(kept[name])
    optimizer.load_state_dict(checkpoint["optimizer"])
    torch.set_rng_state(checkpoint["generator"])
    return checkpoint["step"]
