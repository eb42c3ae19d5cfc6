"""The norm runs over the texts; it runs over the numbers of each position."""


class Norm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))

    def forward(self, x):
        return (x - x.mean(0, keepdim=True)) / (
            x.var(0, keepdim=True, unbiased=False) + 1e-5
        ).sqrt() * self.weight + self.bias


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.norm_1 = Norm(config.width)
        self.attention = CausalSelfAttention(config)
        self.norm_2 = Norm(config.width)
        self.feed_forward = FeedForward(config)

    forward = Block.forward
