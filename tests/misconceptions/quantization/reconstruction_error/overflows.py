"""The squares overflow in fp16; compute in fp32."""


def reconstruction_error(w, w_hat):
    if w.shape != w_hat.shape:
        raise ValueError("shapes differ")
    error, size = (w - w_hat).square().sum().sqrt().item(), w.square().sum().sqrt().item()
    if size == 0:
        return 0.0 if error == 0 else float("inf")
    return error / size
