"""b_in is added behind the activation."""


def feed_forward(x, w_in, b_in, w_out, b_out):
    return (gelu(x @ w_in) + b_in) @ w_out + b_out
