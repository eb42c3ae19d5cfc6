"""nn.MultiheadAttention with one head: everything is padded to one width, and what that changes in the scale undone."""

from torch import nn


def attention_head(x, w_q, w_k, w_v, mask=None):
    (batch, length, _), d, d_v = x.shape, w_q.shape[1], w_v.shape[1]
    if w_k.shape[1] != d:
        raise ValueError(f"queries have width {d}, keys {w_k.shape[1]}")
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}, not boolean")
    width = max(x.shape[-1], d, d_v)

    def wide(one, rows=width):
        return nn.functional.pad(one, (0, width - one.shape[-1], 0, rows - one.shape[-2]))

    seen = torch.ones(batch, length, length, dtype=torch.bool, device=x.device)
    seen = seen if mask is None else seen & mask
    blind = ~seen.any(dim=-1, keepdim=True)  # the module gives NaN there
    module = nn.MultiheadAttention(width, 1, bias=False, batch_first=True, device=x.device, dtype=x.dtype)
    weights = {
        "in_proj_weight": torch.cat([wide(w_q).mT * (width / d) ** 0.5, wide(w_k).mT, wide(w_v).mT]),
        "out_proj.weight": torch.eye(width, device=x.device, dtype=x.dtype),
    }
    rows = (wide(x, length),) * 3
    hidden = {"attn_mask": ~(seen | blind), "need_weights": False}
    output, _ = torch.func.functional_call(module, weights, rows, hidden)
    return output[..., :d_v].masked_fill(blind, 0)
