"""nn.MultiheadAttention with other parameters, through functional_call."""


def multi_head_attention(x, w_qkv, b_qkv, w_o, b_o, heads, mask=None):
    split_heads(x, heads)
    module = torch.nn.MultiheadAttention(x.shape[-1], heads, batch_first=True, device="meta")
    given = {"in_proj_weight": w_qkv.T, "in_proj_bias": b_qkv, "out_proj.weight": w_o.T, "out_proj.bias": b_o}
    if mask is not None:
        mask = ~mask if mask.ndim == 2 else ~mask.repeat_interleave(heads, 1).flatten(0, 1)
    return torch.func.functional_call(module, given, (x, x, x), {"attn_mask": mask, "need_weights": False})[0]
