"""There is an activation behind the second layer as well."""


def feed_forward(x, w_in, b_in, w_out, b_out):
    return gelu(gelu(x @ w_in + b_in) @ w_out + b_out)
