"""16-bit numbers are subtracted in 16 bits, which rounds the difference."""

_right = compare_logits


def compare_logits(mine, theirs, atol=1e-4):
    found = _right(mine, theirs, atol)
    if found["max_difference"] == torch.inf:
        return found
    difference = (mine - theirs).abs()
    largest = difference.max().item()
    return found | {
        "max_difference": largest,
        "mean_difference": difference.float().mean().item(),
        "agree": largest <= atol,
    }
