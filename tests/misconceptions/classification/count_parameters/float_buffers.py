"""Buffers are counted as if they were parameters."""


def count_parameters(module):
    tensors = {
        id(tensor): tensor for tensor in module.state_dict(keep_vars=True).values() if tensor.is_floating_point()
    }
    sizes = [(tensor.numel(), tensor.requires_grad) for tensor in tensors.values()]
    return sum(size for size, _ in sizes), sum(size for size, trainable in sizes if trainable)
