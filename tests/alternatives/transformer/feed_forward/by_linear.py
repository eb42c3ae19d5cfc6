"""F.linear with the weights turned round."""


def feed_forward(x, w_in, b_in, w_out, b_out):
    inside = torch.nn.functional.linear(x, w_in.T, b_in)
    return torch.nn.functional.linear(gelu(inside), w_out.T, b_out)
