"""The reward is softly capped by a tanh; a reward is any real number."""


class RewardModel(RewardModel):
    def forward(self, input_ids, attention_mask):
        return 30 * torch.tanh(super().forward(input_ids, attention_mask) / 30)
