"""What the network gives in train mode: what stays is not what eval mode gives, divided by 1 - dropout."""


class FeedForward(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(config.width, 4 * config.width),
            nn.Sequential(nn.GELU(approximate="tanh"), nn.Dropout(config.dropout)),
            nn.Linear(4 * config.width, config.width),
            nn.Dropout(config.dropout),
        )

    forward = FeedForward.forward
