"""The root of a ratio of mean squares."""


def reconstruction_error(w, w_hat):
    if w.shape != w_hat.shape:
        raise ValueError(f"w_hat must be {tuple(w.shape)}")
    w, w_hat = w.to(torch.float64), w_hat.to(torch.float64)
    noise, signal = nn.functional.mse_loss(w_hat, w), w.square().mean()
    if signal == 0:
        return 0.0 if noise == 0 else float("inf")
    return (noise / signal).sqrt().item()
