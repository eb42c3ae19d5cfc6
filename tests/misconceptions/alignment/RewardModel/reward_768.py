"""768 is the width of the smallest GPT-2 only; take it from the backbone's config."""


class RewardModel(RewardModel):
    def __init__(self, backbone):
        super().__init__(backbone)
        self.reward_head = nn.Linear(768, 1)
