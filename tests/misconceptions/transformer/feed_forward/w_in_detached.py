"""A gradient that reaches the result doesn't go on into every tensor that was used."""


def feed_forward(x, w_in, b_in, w_out, b_out):
    return gelu(x @ w_in.detach() + b_in) @ w_out + b_out
