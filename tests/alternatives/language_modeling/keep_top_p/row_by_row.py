"""Row by row in plain Python."""


def keep_top_p(logits, p):
    if not 0 <= p <= 1:
        raise ValueError("pass a probability")
    if p == 1:
        return logits.clone()
    kept = torch.full_like(logits, -math.inf).view(-1, logits.shape[-1])
    for row, left in zip(logits.reshape(-1, logits.shape[-1]), kept, strict=True):
        probs, total = row.double().softmax(dim=0).tolist(), 0.0
        for index in sorted(range(len(probs)), key=probs.__getitem__, reverse=True):
            left[index] = row[index]
            total += probs[index]
            if total >= p:
                break
    return kept.view(logits.shape)
