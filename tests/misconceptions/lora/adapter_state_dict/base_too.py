"""The base's weights are saved too."""


def adapter_state_dict(model):
    return {name: tensor.detach().clone() for name, tensor in model.named_parameters()}
