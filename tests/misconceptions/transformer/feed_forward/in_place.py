"""feed_forward changes its input in place."""

_right = feed_forward


def feed_forward(x, w_in, b_in, w_out, b_out):
    answer = _right(x, w_in, b_in, w_out, b_out)
    x += answer
    return answer
