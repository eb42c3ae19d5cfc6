"""torch's multi_head_attention_forward, which wants (out, in), text first, and True for what is hidden."""


def multi_head_attention(x, w_qkv, b_qkv, w_o, b_o, heads, mask=None):
    batch, length, width = x.shape
    split_heads(x, heads)
    if mask is not None:
        mask = ~mask if mask.ndim == 2 else ~mask.expand(-1, heads, -1, -1).flatten(0, 1)
    found, _ = torch.nn.functional.multi_head_attention_forward(
        *[x.transpose(0, 1)] * 3,
        width,
        heads,
        w_qkv.T,
        b_qkv,
        None,
        None,
        False,
        0.0,
        w_o.T,
        b_o,
        attn_mask=mask,
        need_weights=False,
    )
    return found.transpose(0, 1)
