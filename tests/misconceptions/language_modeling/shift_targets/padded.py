"""The targets are filled up to T; inputs and targets are T - 1 long."""

_right = shift_targets


def shift_targets(ids):
    inputs, targets = _right(ids)
    return ids, torch.cat([targets, torch.full_like(ids[:, :1], -100)], dim=1)
