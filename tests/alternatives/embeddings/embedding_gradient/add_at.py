"""numpy's add.at."""

import numpy as np


def embedding_gradient(ids, upstream, vocab_size):
    gradient = np.zeros((vocab_size, upstream.shape[-1]))
    np.add.at(gradient, ids.numpy(), upstream.double().numpy())
    return torch.from_numpy(gradient).to(upstream.dtype)
