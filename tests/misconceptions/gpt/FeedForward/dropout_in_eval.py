"""Something is dropped in eval mode."""


class FeedForward(FeedForward):
    def forward(self, x):
        return F.dropout(self.layers[:3](x), self.layers[3].p)
