"""A sigmoid is put on the reward; a reward is any real number."""


class RewardModel(RewardModel):
    def forward(self, input_ids, attention_mask):
        position_ids = (attention_mask.cumsum(dim=1) - 1).clamp(min=0)
        hidden = self.backbone(
            input_ids, attention_mask=attention_mask, position_ids=position_ids, use_cache=False
        ).last_hidden_state

        rows = torch.arange(len(input_ids), device=input_ids.device)
        last = (torch.arange(input_ids.shape[1], device=input_ids.device) * attention_mask).amax(dim=1)
        return self.reward_head(hidden[rows, last]).squeeze(-1).sigmoid()
