"""What torch raises is told anew."""


def attention_scores(q, k):
    try:
        return torch.matmul(q, k.swapaxes(-1, -2)) * q.shape[-1] ** -0.5
    except RuntimeError as error:
        raise ValueError(f"query width {q.shape[-1]}, key width {k.shape[-1]}") from error
