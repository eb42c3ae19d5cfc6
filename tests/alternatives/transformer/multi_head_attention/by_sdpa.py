"""torch's scaled_dot_product_attention."""


def multi_head_attention(x, w_qkv, b_qkv, w_o, b_o, heads, mask=None):
    q, k, v = (
        split_heads(part, heads)
        for part in torch.addmm(b_qkv, x.flatten(0, 1), w_qkv).view(*x.shape[:2], -1).chunk(3, -1)
    )
    found = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return merge_heads(found) @ w_o + b_o
