"""What the experiments of this lesson and `real_run.py` share: models under the lesson's names, data, heads.

Figures in comments beside the claims come from one thread and several seeds:
`autograder experiment classification --submission solutions --seeds 5`.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from autograder.experiments import Unfit

# --- models ----------------------------------------------------------------------------------------------------------


class AsGPT2(nn.Module):
    """Another family's model under the names that this lesson uses: `h`, `ln_f` and `config.hidden_size`."""

    def __init__(self, model: nn.Module, blocks: nn.ModuleList, final_norm: nn.Module) -> None:
        super().__init__()
        self.model, self.h, self.ln_f, self.config = model, blocks, final_norm, model.config

    def forward(self, input_ids: torch.Tensor, **more):
        return self.model(input_ids, **more)


def backbone_of(language_model: nn.Module) -> nn.Module:
    """The part of a language model that gives hidden states, under GPT-2's names. Raises Unfit."""
    if language_model.config.model_type == "gpt2":
        return language_model.transformer
    if language_model.config.model_type == "llama":  # SmolLM2
        model = language_model.model
        return AsGPT2(model, model.layers, model.norm)
    raise Unfit(f"This experiment does not know the parts of a {language_model.config.model_type} model by name.")


@torch.no_grad()
def hidden_states(backbone: nn.Module, batch: dict) -> torch.Tensor:
    """(B, T, D), positions counted from each text's first token."""
    mask = batch["attention_mask"]
    positions = (mask.cumsum(dim=1) - 1).clamp(min=0)  # (B, T)
    return backbone(batch["input_ids"], attention_mask=mask, position_ids=positions, use_cache=False).last_hidden_state


@torch.no_grad()
def generations(language_model: nn.Module, tokenizer, texts: list[str], new_tokens: int = 16) -> tuple:
    """Greedy continuations of the first eight tokens of each text, and the logits (B, V) of the first step."""
    mode = language_model.training
    language_model.eval()
    ids = torch.tensor([tokenizer(one)["input_ids"][:8] for one in texts], device=language_model.device)  # (B, 8)
    logits = []
    for _ in range(new_tokens):
        output = language_model(ids, attention_mask=torch.ones_like(ids), use_cache=False)
        logits.append(output.logits[:, -1])  # (B, V)
        ids = torch.cat([ids, logits[-1].argmax(dim=-1, keepdim=True)], dim=1)  # one column more
    language_model.train(mode)
    return ids.tolist(), logits[0]


# --- data ------------------------------------------------------------------------------------------------------------


def labelled_texts(backbone, task: str, split: str, count: int, seed: int) -> list[dict]:
    """Texts with labels: the tiny world's for the tiny model, published ones for others.

    The odd task asks for the sentiment of hotels and restaurants, and for its opposite of films and books: two things
    that the backbone knows, in a combination that a linear head can read from its vectors only in part.
    """
    from autograder.backbone import sentiment, topics

    level = "tiny" if backbone.name == "tiny" else "pypi"
    rows = (topics if task == "topic" else sentiment)(level, split, count, seed)
    if task == "odd":
        rows = [
            {**row, "label": row["label"] ^ ("this film" in row["text"] or "this book" in row["text"])} for row in rows
        ]
    return rows


def batches_of(student, tokenizer, rows: list[dict], size: int = 32, side: str = "right") -> list[dict]:
    """Batches as `train_epoch` and `accuracy` take them."""
    batches = []
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        batch = student.pad_batch([tokenizer(row["text"])["input_ids"] for row in part], tokenizer.pad_token_id, side)
        batches.append({**batch, "labels": torch.tensor([row["label"] for row in part])})
    return batches


# --- heads on a frozen backbone --------------------------------------------------------------------------------------


def pooled_texts(student, model: nn.Module, batches) -> tuple[torch.Tensor, torch.Tensor]:
    """Vectors (N, D) and labels (N,) of all texts, each read once: under a frozen backbone they never change."""
    vectors, labels = [], []
    for batch in batches:
        vectors.append(student.last_token_pool(hidden_states(model, batch), batch["attention_mask"]))  # (B, D)
        labels.append(batch["labels"])
    return torch.cat(vectors), torch.cat(labels)


def train_head(vectors: torch.Tensor, labels: torch.Tensor, classes: int, steps: int = 400) -> nn.Linear:
    """A linear head trained on vectors (N, D), all of them at every step, at a rate that falls to 0."""
    head = nn.Linear(vectors.shape[1], classes)
    optimizer = torch.optim.AdamW(head.parameters(), lr=1e-2, weight_decay=1e-2)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = 1e-2 * (1 - step / steps)
        loss = F.cross_entropy(head(vectors), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return head


def fraction_right(head: nn.Module, vectors: torch.Tensor, labels: torch.Tensor) -> float:
    """Accuracy of a head on vectors (N, D)."""
    return (head(vectors).argmax(dim=-1) == labels).float().mean().item()
