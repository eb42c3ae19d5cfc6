"""einsum; what is hidden gets the lowest number of the dtype."""


def multi_head_attention(x, w_qkv, b_qkv, w_o, b_o, heads, mask=None):
    width = x.shape[-1]
    if heads < 1 or width % heads:
        raise ValueError(f"width {width}, heads {heads}")
    w = w_qkv.view(width, 3, heads, width // heads)
    q, k, v = torch.einsum("btw,wphd->pbhtd", x, w) + b_qkv.view(3, 1, heads, 1, width // heads)
    scores = torch.einsum("bhid,bhjd->bhij", q * (width // heads) ** -0.5, k)
    if mask is not None:
        scores = torch.where(mask, scores, torch.finfo(x.dtype).min)
    return torch.einsum("bhij,bhjd,hdw->biw", scores.softmax(-1), v, w_o.view(heads, width // heads, width)) + b_o
