"""Takes everything from state_dict() and leaves the frozen names out."""


def adapter_state_dict(model):
    trained = {name for name, tensor in model.named_parameters() if tensor.requires_grad}
    saved = {}
    for name, tensor in model.state_dict().items():
        if name in trained:
            saved[name] = tensor.to("cpu", copy=True)
    return saved
