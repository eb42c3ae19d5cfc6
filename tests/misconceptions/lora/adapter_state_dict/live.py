"""The saved tensors are the model's own, so training on changes what was saved."""


def adapter_state_dict(model):
    return {name: tensor.detach() for name, tensor in model.named_parameters() if tensor.requires_grad}
