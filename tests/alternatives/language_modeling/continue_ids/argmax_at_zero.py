"""At temperature 0 the argmax, without a draw."""


def continue_ids(next_logits, ids, new, block_size=None, temperature=1.0, generator=None):
    if block_size is not None and block_size < 1:
        raise ValueError("pass a block_size of 1 or more")
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        pieces = [ids]
        for _ in range(new):
            text = torch.cat(pieces, dim=1)
            logits = next_logits(text if block_size is None else text[:, -block_size:])
            if temperature == 0:
                drawn = logits.argmax(dim=-1)
            else:
                drawn = torch.multinomial((logits.float() / temperature).softmax(-1), 1, generator=generator)[:, 0]
            pieces.append(drawn[:, None])
        return torch.cat(pieces, dim=1)
    finally:
        torch.set_grad_enabled(before)
