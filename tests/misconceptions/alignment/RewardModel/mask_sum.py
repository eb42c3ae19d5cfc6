"""mask.sum() - 1 is the last token only when padding is on the right."""


class RewardModel(RewardModel):
    def forward(self, input_ids, attention_mask):
        position_ids = (attention_mask.cumsum(dim=1) - 1).clamp(min=0)
        hidden = self.backbone(
            input_ids, attention_mask=attention_mask, position_ids=position_ids, use_cache=False
        ).last_hidden_state
        rows = torch.arange(len(input_ids), device=input_ids.device)
        return self.reward_head(hidden[rows, attention_mask.sum(dim=1) - 1]).squeeze(-1)
