"""The last real token is the one before the first 0, or at -1; the head has no bias."""

from torch import nn


class RewardModel(nn.Module):
    def __init__(self, backbone):
        super().__init__()
        self.backbone = backbone
        weight = next(backbone.parameters())
        self.reward_head = nn.Linear(backbone.config.hidden_size, 1, bias=False).to(weight)

    def forward(self, input_ids, attention_mask):
        places = (
            attention_mask.cumsum(-1).sub(1).masked_fill(attention_mask == 0, 1 if attention_mask.shape[1] > 1 else 0)
        )
        out = self.backbone(
            input_ids, attention_mask=attention_mask, position_ids=places, use_cache=False, return_dict=False
        )[0]
        rewards = self.reward_head(out)[..., 0]
        last = attention_mask.argmin(dim=-1) - 1
        return rewards.gather(1, (last % attention_mask.shape[1]).unsqueeze(1)).flatten()
