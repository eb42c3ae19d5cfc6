"""What comes out has another dtype than what went in."""

_right = kl_shaped_rewards


def kl_shaped_rewards(*given):
    return _right(
        *(one.float() if isinstance(one, torch.Tensor) and one.dtype != torch.int64 else one for one in given)
    )
