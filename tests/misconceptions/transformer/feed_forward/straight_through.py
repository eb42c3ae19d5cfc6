"""The values are right and their gradient is not: something on the way is detached or left out of the graph."""


def feed_forward(x, w_in, b_in, w_out, b_out):
    return (gelu(x @ w_in + b_in) - (a := (x @ w_in + b_in).relu())).detach().add(a) @ w_out + b_out
