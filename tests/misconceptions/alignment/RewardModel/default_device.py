"""It makes a tensor on torch's default device instead of that of its inputs, so it fails on a GPU."""


class RewardModel(RewardModel):
    def forward(self, input_ids, attention_mask):
        position_ids = (attention_mask.cumsum(dim=1) - 1).clamp(min=0)
        hidden = self.backbone(input_ids, attention_mask=attention_mask, position_ids=position_ids).last_hidden_state
        last = (torch.arange(input_ids.shape[1]) * attention_mask).amax(dim=1)
        return self.reward_head(hidden[range(len(input_ids)), last]).squeeze(-1)
