"""Numbers of torch.randn that are copied in, by parameter and shape."""


def init_weights(model):
    depth = (2 * len(model.blocks)) ** 0.5
    for name, tensor in tensors_of(model).items():
        if tensor.ndim == 1:
            tensor.data.copy_(torch.full_like(tensor, float("ln" in name and not name.endswith("bias"))))
        else:
            tensor.data.copy_(torch.randn(tensor.shape) * 0.02 / (depth if "c_proj" in name else 1.0))
