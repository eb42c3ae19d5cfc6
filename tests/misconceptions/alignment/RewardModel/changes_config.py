"""The backbone's config is changed; nothing about the backbone is."""


class RewardModel(RewardModel):
    def __init__(self, backbone):
        super().__init__(backbone)
        backbone.config.use_cache = False
        backbone.config.pad_token_id = backbone.config.eos_token_id
