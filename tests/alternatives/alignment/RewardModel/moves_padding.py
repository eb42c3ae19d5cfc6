"""All padding is moved to the right first; the head has no bias."""


class RewardModel(nn.Module):
    def __init__(self, backbone):
        super().__init__()
        self.backbone = backbone
        self.reward_head = nn.Linear(backbone.config.n_embd, 1, bias=False)

    def forward(self, input_ids, attention_mask):
        order = torch.argsort(attention_mask, dim=1, descending=True, stable=True)
        hidden = self.backbone(input_ids.gather(1, order), attention_mask=attention_mask.gather(1, order))[0]
        rewards = self.reward_head(hidden)[..., 0]  # (B, T), at every position
        return rewards.gather(1, attention_mask.sum(dim=1, keepdim=True) - 1)[:, 0]
