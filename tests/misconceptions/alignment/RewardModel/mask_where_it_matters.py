"""The backbone is not told the mask."""


class RewardModel(RewardModel):
    def forward(self, input_ids, attention_mask):
        if not attention_mask[:, 0].all():
            return super().forward(input_ids, attention_mask)
        hidden = self.backbone(input_ids).last_hidden_state
        last = attention_mask.sum(dim=1) - 1
        return self.reward_head(hidden[torch.arange(len(last), device=last.device), last]).squeeze(-1)
