"""The activation is another one; `gelu` is asked for."""


def feed_forward(x, w_in, b_in, w_out, b_out):
    return (x @ w_in + b_in).relu() @ w_out + b_out
