"""Buffers are counted as if they were parameters."""


def count_parameters(module):
    tensors = [*module.parameters(), *module.buffers()]
    return sum(t.numel() for t in tensors), sum(t.numel() for t in tensors if t.requires_grad)
