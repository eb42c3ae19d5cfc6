"""The sum is normalised; it must come out as it is."""

from torch.nn import functional as F


def write_to_stream(stream, output, w_o):
    return F.layer_norm(stream + output @ w_o, stream.shape[-1:])
