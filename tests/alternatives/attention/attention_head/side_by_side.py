"""One product with the three matrices side by side."""


def attention_head(x, w_q, w_k, w_v, mask=None):
    sizes = [w.shape[1] for w in (w_q, w_k, w_v)]
    q, k, v = (x @ torch.cat([w_q, w_k, w_v], dim=1)).split(sizes, dim=-1)
    return attend(q, k, v, mask)
