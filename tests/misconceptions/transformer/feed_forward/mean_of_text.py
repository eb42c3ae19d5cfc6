"""Positions are mixed; each goes through by itself."""


def feed_forward(x, w_in, b_in, w_out, b_out):
    return gelu(x.mean(1, keepdim=True).expand_as(x) @ w_in + b_in) @ w_out + b_out
