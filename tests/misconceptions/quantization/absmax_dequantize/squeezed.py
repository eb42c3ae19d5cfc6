"""The scale loses its dimension of 1, so a row's scale goes to a column."""


def absmax_dequantize(q, scale):
    scale = scale.squeeze()
    if scale.dim() == 1 and q.shape[-1] != scale.shape[0]:
        scale = scale[:, None]
    return q.float() * scale
