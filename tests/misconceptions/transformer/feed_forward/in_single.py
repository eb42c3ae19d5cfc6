"""What comes out has another dtype than what went in."""

_right = feed_forward


def feed_forward(x, w_in, b_in, w_out, b_out):
    return _right(x.float(), w_in.float(), b_in.float(), w_out.float(), b_out.float())
