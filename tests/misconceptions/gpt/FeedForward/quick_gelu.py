"""The activation is the sigmoid approximation of GELU; it is the tanh form."""


class FeedForward(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(config.width, 4 * config.width),
            nn.GELU(approximate="tanh"),
            nn.Linear(4 * config.width, config.width),
            nn.Dropout(config.dropout),
        )

    def forward(self, x):
        a = self.layers[0](x)
        return self.layers[3](self.layers[2](a * torch.sigmoid(1.702 * a)))
