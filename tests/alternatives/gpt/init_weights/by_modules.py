"""nn.init on each module, then the projections once more."""


def init_weights(model):
    def start(module):
        if isinstance(module, nn.LayerNorm):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
        elif isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=0.02)
            if getattr(module, "bias", None) is not None:
                nn.init.zeros_(module.bias)

    model.apply(start)
    for block in model.blocks:
        for layer in (block.attention.output, block.feed_forward.layers[2]):
            nn.init.normal_(layer.weight, mean=0.0, std=0.02 * (2 * model.config.layers) ** -0.5)
