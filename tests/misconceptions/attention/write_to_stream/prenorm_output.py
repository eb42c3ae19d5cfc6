"""What is added is normalised; it must be added as it is."""

from torch.nn import functional as F

also = ("The stream comes back as it was; what a head found is added to it.",)


def write_to_stream(stream, output, w_o):
    return stream + F.layer_norm(output, output.shape[-1:]) @ w_o
