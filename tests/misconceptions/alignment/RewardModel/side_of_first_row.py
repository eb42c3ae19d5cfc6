"""The side of the padding is read off the first row, which may have none."""


class RewardModel(RewardModel):
    def forward(self, input_ids, attention_mask):
        position_ids = (attention_mask.cumsum(dim=1) - 1).clamp(min=0)
        hidden = self.backbone(input_ids, attention_mask=attention_mask, position_ids=position_ids)[0]
        if attention_mask[0, -1] == 1:
            pooled = hidden[:, -1]
        else:
            pooled = hidden[torch.arange(len(hidden)), attention_mask.sum(dim=1) - 1]
        return self.reward_head(pooled).squeeze(-1)
