"""The backbone is not told the mask."""


class RewardModel(RewardModel):
    def forward(self, input_ids, attention_mask):
        hidden = self.backbone(input_ids, use_cache=False).last_hidden_state
        rows = torch.arange(len(input_ids), device=input_ids.device)
        last = (torch.arange(input_ids.shape[1], device=input_ids.device) * attention_mask).amax(dim=1)
        return self.reward_head(hidden[rows, last]).squeeze(-1)
