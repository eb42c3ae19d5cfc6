"""math.dist and math.hypot of lists."""


def reconstruction_error(w, w_hat):
    import math

    if tuple(w.shape) != tuple(w_hat.shape):
        raise ValueError(f"pass two tensors of one shape, not {tuple(w.shape)} and {tuple(w_hat.shape)}")
    w, w_hat = w.flatten().tolist(), w_hat.flatten().tolist()
    error, size = math.dist(w, w_hat), math.hypot(*w)
    if not size:
        return math.inf if error else 0.0
    return error / size
