"""unflatten and permute; a copy comes out."""


def split_heads(x, heads):
    if heads < 1 or x.shape[-1] % heads != 0:
        raise ValueError(str((heads, x.shape[-1])))
    return x.unflatten(-1, (heads, -1)).permute(0, 2, 1, 3).contiguous()
