"""One query after the other, each over as many keys as it sees."""


def cached_attention(q, k, v, cache=None):
    keys, values = append_cache(cache, k, v)
    before, read = keys.size(2) - q.size(2), []
    for at in range(q.size(2)):
        seen = before + at + 1
        scores = torch.einsum("bhd,bhtd->bht", q[:, :, at], keys[:, :, :seen]) * q.size(-1) ** -0.5
        read.append(torch.einsum("bht,bhte->bhe", torch.softmax(scores, -1), values[:, :, :seen]))
    return torch.stack(read, dim=2), (keys, values)
