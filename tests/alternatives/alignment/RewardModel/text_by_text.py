"""Each text is read alone, without its padding."""


class RewardModel(RewardModel):
    def forward(self, input_ids, attention_mask):
        rewards = []
        for tokens, mask in zip(input_ids, attention_mask, strict=True):
            real = tokens[mask.bool()][None]
            rewards.append(self.reward_head(self.backbone(real).last_hidden_state[0, -1])[0])
        return torch.stack(rewards)
