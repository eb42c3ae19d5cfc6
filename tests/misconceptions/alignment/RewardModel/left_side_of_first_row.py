"""The side of the padding is read off the first row, which may have none."""


class RewardModel(RewardModel):
    def forward(self, input_ids, attention_mask):
        position_ids = (attention_mask.cumsum(dim=1) - 1).clamp(min=0)
        output = self.backbone(input_ids, attention_mask=attention_mask, position_ids=position_ids, use_cache=False)
        left = attention_mask[0, -1] and not attention_mask[0, 0]
        last = torch.full_like(input_ids[:, 0], -1) if left else attention_mask.sum(dim=1) - 1
        rows = torch.arange(len(input_ids), device=input_ids.device)
        return self.reward_head(output.last_hidden_state[rows, last]).squeeze(-1)
