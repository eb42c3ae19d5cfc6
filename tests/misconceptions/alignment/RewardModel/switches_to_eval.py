"""The constructor switches the backbone to eval mode."""


class RewardModel(RewardModel):
    def __init__(self, backbone):
        super().__init__(backbone)
        backbone.eval()
