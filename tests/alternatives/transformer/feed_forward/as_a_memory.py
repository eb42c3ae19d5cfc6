"""Keys and values: each column of w_in asks, each row of w_out answers."""


def feed_forward(x, w_in, b_in, w_out, b_out):
    answers = (gelu(x @ key + bias)[..., None] * value for key, bias, value in zip(w_in.T, b_in, w_out, strict=True))
    return sum(answers, b_out)
