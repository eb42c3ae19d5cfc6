"""A parameter or the input gets no gradient: it is cut off, or isn't used."""


class FeedForward(FeedForward):
    def forward(self, x):
        with torch.no_grad():
            return self.layers(x)
