"""The saved tensors still require gradients; they must be detached."""


def adapter_state_dict(model):
    return {name: tensor.clone() for name, tensor in model.named_parameters() if tensor.requires_grad}
