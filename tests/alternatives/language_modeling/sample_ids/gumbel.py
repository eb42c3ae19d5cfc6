"""The Gumbel-max trick."""


def sample_ids(probs, generator=None):
    noise = -(-torch.rand(probs.shape, generator=generator).clamp_min(1e-30).log()).log()
    return (probs.log() + noise).argmax(dim=-1)
