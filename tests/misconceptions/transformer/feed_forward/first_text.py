"""Only the first text goes through."""


def feed_forward(x, w_in, b_in, w_out, b_out):
    return gelu(x[:1] @ w_in + b_in) @ w_out + b_out
