"""After an error of the model gradients are not switched on or off as they were before."""

_right = continue_ids


def continue_ids(next_logits, ids, new, block_size=None, temperature=1.0, generator=None):
    before = torch.is_grad_enabled()
    failed = []

    def watched(shown):
        try:
            return next_logits(shown)
        except Exception:
            failed.append(True)
            raise

    try:
        return _right(watched, ids, new, block_size, temperature, generator)
    finally:
        torch.set_grad_enabled(before and not failed)
