"""Alignment: from which of two replies people prefer to a model that gives the preferred kind.

Two ways lead there. RLHF first trains a reward model on the preferences, then lets a policy generate, has the reward
model score, and updates the policy, held near a frozen reference (Ouyang et al., arXiv 2203.02155). DPO trains the
policy on the preferences directly (Rafailov et al., arXiv 2305.18290). GRPO is the first way with a reward that a
program computes, and without a value model (Shao et al., arXiv 2402.03300).

Everything per token lives in one frame: entry t of a (B, T-1) tensor is about token t + 1, given tokens 0 to t.

What comes out has the dtype of the rewards, logits or log-probabilities that went in, also where something finer is
computed on the way; all of them have one dtype. `token_log_probs` and `sequence_log_prob` give float32, whatever the
logits are. Models are float32.

Not in this file: tokenizing, loading models and data (`autograder.backbone` does both), and PPO's value model.
Nothing here needs to import transformers: the models come in as arguments, each with all of its parts in one mode,
train or eval. The two steps are called where gradients are switched on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn import functional as F

if TYPE_CHECKING:
    from transformers import GPT2Model

IGNORE_INDEX = -100  # the label of a token that is not supervised


# --- what people prefer ---------------------------------------------------------------------------------------------


def make_preference_pairs(
    prompts: Sequence[str], responses: Sequence[Sequence[str]], score: Callable[[str, str], float]
) -> list[dict[str, str]]:
    """Turn judged responses into comparisons: of two responses to one prompt, which is preferred?

    Args:
        prompts: N prompts. The same words twice are two prompts.
        responses: for each prompt its responses, in no particular order: where one stands says nothing about how
            good it is. There may be any number of them, also one or none. The same words twice are two responses.
        score: `score(prompt, response)`, the judge; larger is better. It is asked once for every response (a
            judgement costs money), so N prompts with 4 responses each are 4 · N calls.

    Returns:
        list of dicts with exactly the keys `prompt`, `chosen`, `rejected`: one for every two responses to the same
        prompt of which one scores higher, that one being `chosen`. Two with equal scores are a tie and give nothing.
        The pairs may stand in any order.

    Raises:
        ValueError: prompts and responses differ in number. What was judged until then doesn't matter.

    Example: one prompt "2 + 2?" with responses "5", "4", "four", which score 0, 1, 1, gives two pairs: "4" over "5" and
    "four" over "5". "4" and "four" are a tie.
    """
    ### BEGIN SOLUTION
    pairs = []
    for prompt, candidates in zip(prompts, responses, strict=True):
        scored = [(score(prompt, response), response) for response in candidates]
        for index, (score_a, response_a) in enumerate(scored):
            for score_b, response_b in scored[index + 1 :]:
                if score_a > score_b:
                    pairs.append({"prompt": prompt, "chosen": response_a, "rejected": response_b})
                elif score_b > score_a:
                    pairs.append({"prompt": prompt, "chosen": response_b, "rejected": response_a})
    return pairs
    ### END SOLUTION


class RewardModel(nn.Module):
    """A GPT-2 without its language head, and a new linear head that gives a text one number: its reward.

    It is the classifier of the lesson `classification` with a single output. Two names are fixed:

    - `backbone` is the `GPT2Model` that was given, itself and not a copy, and nothing about it is changed.
    - `reward_head` is an `nn.Linear` from the backbone's width D to 1, with or without a bias. D is
      `backbone.config.hidden_size`.

    Example: 8 texts of 20 tokens: hidden states (8, 20, D), the last real token's vectors (8, D), rewards (8,).
    """

    def __init__(self, backbone: GPT2Model) -> None:
        ### BEGIN SOLUTION
        super().__init__()
        self.backbone = backbone
        self.reward_head = nn.Linear(backbone.config.hidden_size, 1)
        ### END SOLUTION

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """input_ids, attention_mask (B, T) int64 → rewards (B,), any real numbers: no sigmoid, no softmax.

        - A text's reward is read at its last real token (the last 1 of its row in the mask), the only one that has
          seen all of it. Every row has one. The batch is padded on the right or on the left; you are not told which.
        - (B,) and not (B, 1): the difference of a (B, 1) and a (B,) is a (B, B), and nothing complains.
        - Rewards belong to the text and not to its padding: padding wider, or on the other side, moves them by
          rounding only. The first real token of a text has position 0 (`position_ids`, which the backbone takes), and
          the backbone is told the mask.
        - They have a graph, through the head and through the backbone.
        - Model and inputs are on one device, which need not be torch's default.
        """
        ### BEGIN SOLUTION
        # Read: the first real token has position 0, on whichever side the padding is
        position_ids = (attention_mask.cumsum(dim=1) - 1).clamp(min=0)  # (B, T); what padding gets doesn't matter
        output = self.backbone(input_ids, attention_mask=attention_mask, position_ids=position_ids, use_cache=False)
        # Pool: the last index at which the mask is 1
        columns = torch.arange(input_ids.shape[1], device=input_ids.device)
        last = (columns * attention_mask).amax(dim=1)  # (B,)
        rows = torch.arange(input_ids.shape[0], device=input_ids.device)
        pooled = output.last_hidden_state[rows, last]  # (B, D)
        return self.reward_head(pooled).squeeze(-1)  # (B,)
        ### END SOLUTION


def preference_loss(
    chosen: torch.Tensor, rejected: torch.Tensor, margin: float | torch.Tensor | None = None
) -> torch.Tensor:
    """How badly rewards agree with preferences: -log sigmoid(chosen - rejected - margin), the mean over the pairs.

    sigmoid(chosen - rejected) is the probability, in the model of Bradley and Terry (1952), that the chosen response is
    preferred. Only the difference counts: rewards have no zero.

    Args:
        chosen, rejected: (B,) rewards of the preferred and of the other response to the same B prompts.
        margin: None (as 0), a number, or (B,) numbers of the same dtype: by how much chosen should be ahead, larger
            where people were surer (Llama 2, arXiv 2307.09288, section 3.2.2).

    Returns:
        a scalar with a graph. It is finite for rewards that are 10,000 apart in either direction, and so are its
        gradients: sigmoid(-10000) is 0 in floating point and its log is -inf, so log(sigmoid(x)) won't do.

    Raises:
        ValueError: chosen and rejected differ in shape (they would broadcast, silently). The message says both.

    Example: rewards 0.7 and 0.3: -log sigmoid(0.4) = ln(1 + e**-0.4) = 0.5130. Equal rewards: ln 2 = 0.6931. With
    margin 0.4 the first pair too is only just where it should be: 0.6931.
    """
    ### BEGIN SOLUTION
    if chosen.shape != rejected.shape:
        raise ValueError(
            f"chosen {tuple(chosen.shape)} and rejected {tuple(rejected.shape)} differ in shape: pass (B,)"
        )
    difference = chosen - rejected
    if margin is not None:
        difference = difference - margin
    return -F.logsigmoid(difference).mean()
    ### END SOLUTION


# --- how likely a response is ---------------------------------------------------------------------------------------


def token_log_probs(logits: torch.Tensor, input_ids: torch.Tensor) -> torch.Tensor:
    """The log-probability of every token, given those before it.

    Args:
        logits: (B, T, V) as a language model gives them: position t guesses token t + 1. Half precision is
            raised to float32 first.
        input_ids: (B, T) int64 token ids. It may be labels: an entry of -100 is no token.

    Returns:
        (B, T-1) float32, with a graph: entry t is log p(token t + 1 | tokens 0 to t), a natural logarithm. It is 0
        where token t + 1 is -100. The first token has nothing before it and the last logits nothing behind them.

    Example, V = 2, one row: ids [1, 0, 1], logits [[0, 0], [0, ln 3], [5, 5]].
        Position 0 guesses token 0 with p = 1/2, position 1 guesses token 1 with p = 3/4: [-0.6931, -0.2877].
        With labels [1, -100, 1] it is [0, -0.2877].
    """
    ### BEGIN SOLUTION
    log_probs = logits[:, :-1].float().log_softmax(dim=-1)  # (B, T-1, V)
    targets = input_ids[:, 1:]
    is_token = targets != IGNORE_INDEX  # gather can't look -100 up
    picked = log_probs.gather(-1, targets.masked_fill(~is_token, 0)[..., None]).squeeze(-1)  # (B, T-1)
    return picked.masked_fill(~is_token, 0.0)
    ### END SOLUTION


def sequence_log_prob(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The log-probability of each response: the *sum* over its tokens, because probabilities multiply.

    Args:
        logits: (B, T, V), as for `token_log_probs`.
        labels: (B, T) int64, not shifted: the response's token ids, -100 on prompt and padding.

    Returns:
        (B,) float32, with a graph. A row without a supervised token gives 0 (a product of nothing is 1). The label in
        column 0 is never counted: nothing comes before it.

    Example: the row of `token_log_probs` with labels [-100, 0, 1]: -0.6931 - 0.2877 = -0.9808, the log of 1/2 · 3/4.
    """
    ### BEGIN SOLUTION
    return token_log_probs(logits, labels).sum(dim=-1)
    ### END SOLUTION


# --- how far the policy has gone ------------------------------------------------------------------------------------


def kl_divergence(logits_p: torch.Tensor, logits_q: torch.Tensor) -> torch.Tensor:
    """KL(p ‖ q) = sum over tokens of p · (log p - log q), exactly, at each position.

    Args:
        logits_p, logits_q: (..., V), any number of leading dimensions; p and q are their softmaxes. A token that is
            ruled out has the logit -inf.

    Returns:
        (...), with a graph, in nats; 0 or more up to rounding. A token with p = 0 adds 0, whatever q is, and makes no
        gradient NaN. A q that underflows to 0 has a logarithm all the same: with a finite logit it rules nothing out.
        Where q rules out a token that p allows, the divergence is infinite, or very large.

    Example: p = (1/2, 1/2), q = (1/4, 3/4): 1/2 · ln 2 + 1/2 · ln(2/3) = 0.1438. The other way round, KL(q ‖ p) =
    1/4 · ln(1/2) + 3/4 · ln(3/2) = 0.1308: KL is not symmetric, and in RLHF p is the policy, q the reference.
    """
    ### BEGIN SOLUTION
    log_p, log_q = logits_p.log_softmax(dim=-1), logits_q.log_softmax(dim=-1)  # (..., V)
    p = log_p.exp()
    log_ratio = (log_p - log_q).masked_fill(p == 0, 0.0)  # else 0 · (-inf) is NaN
    return (p * log_ratio).sum(dim=-1)  # (...)
    ### END SOLUTION


def kl_estimate(logp: torch.Tensor, logp_ref: torch.Tensor, kind: str) -> torch.Tensor:
    """Estimate KL(policy ‖ reference) from tokens that the *policy* sampled, where summing over V is too expensive.

    Args:
        logp, logp_ref: log-probabilities of the same sampled tokens under policy and reference, of the same shape.
        kind: with x = logp - logp_ref,
            "k1": x. Unbiased; single values may be negative.
            "k2": x² / 2. Biased; never negative.
            "k3": exp(-x) - 1 + x. Unbiased while the policy rules out no token that the reference allows; never
                negative (up to rounding).
            (J. Schulman, "Approximating KL divergence", 2020.)

    Returns:
        the estimate of every single token, in that shape, with a graph. Averaging is up to the caller.

    Raises:
        ValueError: another kind. The message says which there are.

    Example: p = (1/2, 1/2), q = (1/4, 3/4), so KL(p ‖ q) = 0.1438. Token 0 gives k1 0.6931, k2 0.2402, k3 0.1931, token
    1 gives -0.4055, 0.0822, 0.0945. Each is sampled half of the time: on average k1 0.1438, k2 0.1612, k3 0.1438.
    """
    ### BEGIN SOLUTION
    log_ratio = logp - logp_ref
    if kind == "k1":
        return log_ratio
    if kind == "k2":
        return log_ratio.square() / 2
    if kind == "k3":
        return torch.expm1(-log_ratio) + log_ratio
    raise ValueError(f"unknown kind {kind!r}: use 'k1', 'k2' or 'k3'")
    ### END SOLUTION


def kl_shaped_rewards(
    score: torch.Tensor, logp: torch.Tensor, logp_ref: torch.Tensor, beta: float, mask: torch.Tensor
) -> torch.Tensor:
    """The reward of every token in RLHF: a penalty for leaving the reference, and at the end the response's score.

    Args:
        score: (B,) what the reward model says of each whole response.
        logp, logp_ref: (B, T) log-probabilities of the tokens under policy and reference.
        beta: the KL coefficient: 0 lets the policy go anywhere, a large one holds it where it is.
        mask: (B, T) int64, 1 on the tokens of the response, 0 on prompt and padding. The ones of a row stand in one
            piece, which may begin and end anywhere.
        The tensors are on one device, which need not be torch's default.

    Returns:
        (B, T), without a graph (rewards are data): -beta · (logp - logp_ref) on every response token, plus the score
        on the response's last token; 0 wherever the mask is 0, whatever stands there (a token that is ruled out has a
        log-probability of -inf). A row without response tokens is all 0.

    Example: score 2, beta 0.1, mask [0, 1, 1, 0], logp [-1, -1, -1, -9], logp_ref [-5, -2, -3, -1]:
        [0, -0.1 · 1, -0.1 · 2 + 2, 0] = [0, -0.1, 1.8, 0].
    """
    ### BEGIN SOLUTION
    penalty = (-beta * (logp - logp_ref).detach()).masked_fill(mask == 0, 0.0)  # (B, T); -inf times 0 is NaN
    columns = torch.arange(mask.shape[1], device=mask.device)
    last = (columns * mask).amax(dim=1)  # (B,)
    is_last = (columns == last[:, None]) & (mask == 1)  # (B, T); nowhere in a row without a response
    return torch.where(is_last, penalty + score.detach()[:, None], penalty)
    ### END SOLUTION


# --- learning from rewards ------------------------------------------------------------------------------------------


def policy_gradient_loss(logp: torch.Tensor, advantages: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """REINFORCE (Williams, 1992): a loss whose gradient makes tokens with a positive advantage likelier.

    Args:
        logp: (B, T) log-probabilities of the sampled tokens under the policy, with a graph.
        advantages: (B, T) how much better than expected each token turned out. Data: no gradient flows into it.
        mask: (B, T) int64, 1 on response tokens.

    Returns:
        a scalar with a graph, to be *minimised*: -logp · advantage, the mean over all response tokens of the batch
        (each token counts the same, in whichever response). What stands where the mask is 0 counts for nothing, neither
        in the loss nor in the gradient, also if it is infinite. Where the mask is 0 everywhere the loss is 0, with a
        graph.

    Example: logp [-1, -2, -3], advantages [1, -1, 5], mask [1, 1, 0]: (1 · 1 + 2 · (-1)) / 2 = -0.5.
    """
    ### BEGIN SOLUTION
    # Filled before anything is multiplied: -inf times 0 is NaN
    logp, advantages = logp.masked_fill(mask == 0, 0.0), advantages.detach().masked_fill(mask == 0, 0.0)  # (B, T)
    return (-logp * advantages).sum() / mask.sum().clamp(min=1)
    ### END SOLUTION


def ppo_clip_loss(
    logp: torch.Tensor, logp_old: torch.Tensor, advantages: torch.Tensor, mask: torch.Tensor, clip: float
) -> torch.Tensor:
    """PPO's clipped loss (Schulman et al., arXiv 1707.06347, equation 7): learn from a response more than once, safely.

    With ratio = exp(logp - logp_old), how much likelier a token is now than when it was sampled, its objective is

        min(ratio · advantage, clamp(ratio, 1 - clip, 1 + clip) · advantage)

    so a token that has already moved by `clip` in the direction that pays gains nothing by moving on, while one that
    has moved in the wrong direction is still brought back.

    Args:
        logp: (B, T) under the policy as it is now, with a graph.
        logp_old: (B, T) under the policy that sampled the tokens. Data: no gradient flows into it.
        advantages, mask: (B, T), as in `policy_gradient_loss`. No gradient flows into the advantages.
        clip: how far a ratio may count, 0.2 for most people.

    Returns:
        a scalar with a graph, to be *minimised*: minus the objective, the mean over all response tokens of the
        batch, as in `policy_gradient_loss`; 0 with a graph where there are none. What stands where the mask is 0
        counts for nothing, also where its ratio overflows.

    Example, clip 0.2, ratio 1.5: with advantage 1 the objective is min(1.5, 1.2), the loss -1.2; with advantage -1 it
    is min(-1.5, -1.2), the loss 1.5.
    """
    ### BEGIN SOLUTION
    # Filled before anything is multiplied: inf times 0 is NaN
    ratio = (logp - logp_old.detach()).masked_fill(mask == 0, 0.0).exp()  # (B, T)
    advantages = advantages.detach().masked_fill(mask == 0, 0.0)
    objective = torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages)  # (B, T)
    return -objective.sum() / mask.sum().clamp(min=1)
    ### END SOLUTION


def dpo_loss(
    policy_chosen: torch.Tensor,
    policy_rejected: torch.Tensor,
    ref_chosen: torch.Tensor,
    ref_rejected: torch.Tensor,
    beta: float,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Direct preference optimisation (Rafailov et al., arXiv 2305.18290, equation 7).

    The policy is its own reward model: how much likelier it finds a response than the reference does.

    Args:
        policy_chosen, policy_rejected: (B,) `sequence_log_prob` of both responses under the policy, with a graph.
        ref_chosen, ref_rejected: (B,) the same under the frozen reference.
        beta: the KL coefficient, how expensive it is to leave the reference; 0.1 for many people.

    Returns:
        loss: a scalar with a graph: -log sigmoid(chosen reward - rejected reward), the mean over the pairs. Finite, as
            are its gradients, for log-probabilities that are 10,000 apart.
        chosen rewards: (B,) beta · (policy_chosen - ref_chosen), detached: the *implicit* rewards.
        rejected rewards: (B,), likewise.

    While the policy equals the reference, all rewards are 0 and the loss is ln 2 = 0.6931, whatever the responses.

    Example, beta 0.1, one pair: chosen -10 under the policy and -12 under the reference, rejected -9 and -8. Rewards
    0.2 and -0.1, loss -log sigmoid(0.3) = 0.5544. (The policy still finds the rejected one likelier; that is allowed.)
    """
    ### BEGIN SOLUTION
    chosen_rewards = beta * (policy_chosen - ref_chosen)  # (B,)
    rejected_rewards = beta * (policy_rejected - ref_rejected)
    loss = -F.logsigmoid(chosen_rewards - rejected_rewards).mean()
    return loss, chosen_rewards.detach(), rejected_rewards.detach()
    ### END SOLUTION


def group_advantages(rewards: torch.Tensor, group_size: int) -> torch.Tensor:
    """GRPO's advantages (Shao et al., arXiv 2402.03300): how each response compares with others to the same prompt.

    Args:
        rewards: (B,), B = number of groups · group_size; the responses to one prompt stand one behind the other.
        group_size: responses per prompt, 1 or more.

    Returns:
        (B,), without a graph: (reward - mean of its group) / standard deviation of its group, the latter with n - 1
        (torch's default); a small constant up to 1e-4 added to it is all right. A group whose rewards are all equal
        has nothing to teach and gives zeros, whatever the rewards are; so does a group of one.

    Raises:
        ValueError: B is not a multiple of group_size, or group_size is below 1. The message says what to pass.

    Example: rewards [1, 0, 3, 3, 2, 6], group_size 2: groups (1, 0), (3, 3), (2, 6) with standard deviations 0.7071, 0
    and 2.8284: [0.7071, -0.7071, 0, 0, -0.7071, 0.7071].
    """
    ### BEGIN SOLUTION
    if group_size < 1 or rewards.shape[0] % group_size:
        raise ValueError(
            f"{rewards.shape[0]} rewards are no whole number of groups of {group_size}: pass one that fits"
        )
    groups = rewards.detach().reshape(-1, group_size)  # (G, group_size)
    if group_size == 1:
        return torch.zeros_like(rewards)
    centred = groups - groups.mean(dim=1, keepdim=True)
    advantages = centred / (groups.std(dim=1, keepdim=True) + 1e-6)
    all_equal = groups.amax(dim=1, keepdim=True) == groups.amin(dim=1, keepdim=True)  # std is then rounding, not 0
    return advantages.masked_fill(all_equal, 0.0).reshape(-1)
    ### END SOLUTION


def grpo_loss(
    logp: torch.Tensor, logp_old: torch.Tensor, advantages: torch.Tensor, mask: torch.Tensor, clip: float
) -> torch.Tensor:
    """GRPO's loss: PPO's clipped one, with one advantage for all tokens of a response.

    Args:
        logp, logp_old, mask: (B, T), as in `ppo_clip_loss`.
        advantages: (B,), one per response, as `group_advantages` gives them.
        clip: as in `ppo_clip_loss`.

    Returns:
        a scalar with a graph: the mean over all response tokens of the batch, as in `ppo_clip_loss`. (The paper
        averages within each response first, so that a long response's tokens count less; TRL and verl take this mean
        unless told otherwise. KL, where one wants it, is added by the caller.)

    Example, clip 0.2, logp = logp_old (so every ratio is 1), advantages [1, -1], mask [[1, 1, 1], [1, 0, 0]]:
        -(1 + 1 + 1 - 1) / 4 = -0.5.
    """
    ### BEGIN SOLUTION
    return ppo_clip_loss(logp, logp_old, advantages[:, None].expand_as(logp), mask, clip)
    ### END SOLUTION


# --- the two loops --------------------------------------------------------------------------------------------------


### BEGIN SOLUTION
class without_dropout:
    """Modules in eval mode inside the block, and behind it in the mode that each came in."""

    def __init__(self, *models: Any) -> None:
        self.models = [model for model in models if isinstance(model, nn.Module)]

    def __enter__(self) -> None:
        self.modes = [model.training for model in self.models]
        for model in self.models:
            model.eval()

    def __exit__(self, *problem: object) -> None:
        for model, mode in zip(self.models, self.modes, strict=True):
            model.train(mode)


### END SOLUTION
def sample_responses(
    model: nn.Module,
    prompts: torch.Tensor,
    max_new_tokens: int,
    stop_id: int,
    generator: torch.Generator | None = None,
) -> list[list[int]]:
    """Let a model respond to prompts by drawing every next token from its own distribution (temperature 1).

    Args:
        model: a language model; `model(input_ids=..., attention_mask=...)` gives `.logits` (B, T, V). It runs without
            dropout and without a graph, and is afterwards in the mode (train or eval) that it came in. Nothing else
            about it changes: no weight, no `requires_grad`, no gradient. Gradients that are switched off stay so.
        prompts: (B, T) int64, of equal length, not padded, on the model's device, which need not be torch's default.
        max_new_tokens: a response ends after so many tokens at the latest; 0 and more.
        stop_id: a response ends with the first of these that is drawn.
        generator: what the draws come from; None for torch's global one.

    Returns:
        for every row the list of its new ids, without the prompt. A stop id that ended it is its last. Rows end
        independently of each other; the same prompt in several rows is answered differently, by chance.

    Example: stop_id 9, max_new_tokens 3: drawn [5, 9, 5] and [4, 4, 4] become [5, 9] and [4, 4, 4].

    Useful: `torch.multinomial(probabilities, 1, generator=generator)` draws one token per row.
    """
    ### BEGIN SOLUTION
    responses: list[list[int]] = [[] for _ in prompts]
    ids = prompts
    with without_dropout(model), torch.no_grad():
        for _ in range(max_new_tokens):
            logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[:, -1]  # (B, V)
            drawn = torch.multinomial(logits.softmax(dim=-1), 1, generator=generator)  # (B, 1)
            ids = torch.cat([ids, drawn], dim=1)  # a row that has ended is carried along
            running = False
            for response, token in zip(responses, drawn[:, 0].tolist(), strict=True):
                if not (response and response[-1] == stop_id):
                    response.append(token)
                    running = running or token != stop_id
            if not running:
                break
    return responses
    ### END SOLUTION


def rlhf_step(
    policy: nn.Module,
    reference: nn.Module,
    reward_model: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    prompts: torch.Tensor,
    optimizer: torch.optim.Optimizer,
    beta: float,
    max_new_tokens: int,
    stop_id: int,
    clip: float = 0.2,
    updates: int = 1,
    generator: torch.Generator | None = None,
) -> dict[str, Any]:
    """One turn of the loop that changes its shape: generate, score, update.

    1. Generate: the policy responds to the prompts (`sample_responses`).
    2. Score: the reward model judges each prompt with its response; policy and reference say how likely the
       response's tokens were (`token_log_probs`). From both come the tokens' rewards (`kl_shaped_rewards`).
    3. Update: a response's return is the sum of its tokens' rewards. The advantage of every token of it is that return
       minus the mean return of the batch. Then `updates` steps of the optimizer, each down the gradient of
       `ppo_clip_loss`, with the log-probabilities from step 2 as the old ones and computed anew for each step.

    Args:
        policy: the language model in training; called as `policy(input_ids=..., attention_mask=...)`, gives `.logits`.
            No `requires_grad` of it changes.
        reference: another of the same kind, frozen: how the policy began. The step changes nothing about it: no
            weight, no `requires_grad`, no gradient. It is a separate model, usually a deep copy.
        reward_model: called as `reward_model(input_ids, attention_mask)` with prompt and response in one row, padded
            on the right; gives (B,). A module like `RewardModel`, or any function. It gets no gradient, and runs
            without a graph, as the reference does.
        prompts: (B, T) int64, of equal length, not padded, on the models' device, which need not be torch's default.
            B is 2 or more: one response is never better than the mean.
        optimizer: holds the policy's parameters. Gradients from before the call play no part.
        beta: the KL coefficient. clip: as in `ppo_clip_loss`. updates: 1 or more.
        max_new_tokens, stop_id, generator: as in `sample_responses`, but max_new_tokens is 1 or more. A stop id that
            ends a response belongs to it.

    No model uses dropout at any time during the step (the ratios would be noise); each is afterwards in the mode that
    it came in.

    Returns:
        dict with exactly:
            loss: the mean over the updates of the loss, each taken before its step.
            reward: mean of what the reward model said, without KL.
            kl: mean over the responses of the sum over its tokens of logp - logp_ref, as they were sampled (k1).
            response_length: mean number of tokens of a response.
            responses: the sampled ids, a list per row.
        Numbers are plain floats.

    Raises:
        ValueError: reference is policy, or fewer than two prompts. The message says what to pass, and nothing has
            changed.

    Example: returns 3 and 1 have the mean 2, so every token of the first response has advantage 1, of the second -1.
    With 1 and 3 tokens the loss of the first update is -(1 · 1 + 3 · (-1)) / 4 = 0.5: all ratios are still 1.
    """
    ### BEGIN SOLUTION
    if reference is policy:
        raise ValueError("reference is the policy itself: pass a frozen copy, made with copy.deepcopy before training")
    if len(prompts) < 2:
        raise ValueError(f"{len(prompts)} prompt: pass two rows or more, the baseline is the mean over the batch")
    with without_dropout(policy, reference, reward_model):
        # Generate
        responses = sample_responses(policy, prompts, max_new_tokens, stop_id, generator)
        batch, mask = join_responses(prompts, responses, stop_id)  # (B, T), (B, T-1)

        # Score
        with torch.no_grad():
            score = reward_model(batch["input_ids"], batch["attention_mask"])  # (B,)
            logp_old = token_log_probs(policy(**batch).logits, batch["input_ids"])  # (B, T-1)
            logp_ref = token_log_probs(reference(**batch).logits, batch["input_ids"])
        returns = kl_shaped_rewards(score, logp_old, logp_ref, beta, mask).sum(dim=1)  # (B,)
        advantages = (returns - returns.mean())[:, None].expand_as(logp_old)  # (B, T-1)

        # Update
        losses = []
        for _ in range(updates):
            logp = token_log_probs(policy(**batch).logits, batch["input_ids"])  # (B, T-1)
            loss = ppo_clip_loss(logp, logp_old, advantages, mask, clip)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return {
        "loss": sum(losses) / len(losses),
        "reward": score.mean().item(),
        "kl": (logp_old - logp_ref).masked_fill(mask == 0, 0.0).sum(dim=1).mean().item(),
        "response_length": mask.sum(dim=1).float().mean().item(),
        "responses": responses,
    }
    ### END SOLUTION


### BEGIN SOLUTION
def join_responses(
    prompts: torch.Tensor, responses: Sequence[Sequence[int]], pad_id: int
) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    """Prompt and response in one row, padded on the right, and the mask (B, T-1) of the response's tokens."""
    longest = max(len(response) for response in responses)
    padded = [[*response, *[pad_id] * (longest - len(response))] for response in responses]
    lengths = torch.tensor([len(response) for response in responses], device=prompts.device)
    tail = torch.tensor(padded, device=prompts.device, dtype=prompts.dtype).reshape(len(prompts), longest)
    input_ids = torch.cat([prompts, tail], dim=1)  # (B, T)
    is_response = (torch.arange(longest, device=prompts.device) < lengths[:, None]).long()  # (B, longest)
    attention_mask = torch.cat([torch.ones_like(prompts), is_response], dim=1)
    mask = torch.cat([torch.zeros_like(prompts), is_response], dim=1)[:, 1:]  # entry t is about token t + 1
    return {"input_ids": input_ids, "attention_mask": attention_mask}, mask


### END SOLUTION
def dpo_step(
    policy: nn.Module,
    reference: nn.Module,
    batch: Mapping[str, Mapping[str, torch.Tensor]],
    optimizer: torch.optim.Optimizer,
    beta: float,
) -> dict[str, float]:
    """One step of DPO: score both responses with both models, one step down the gradient of `dpo_loss`.

    Args:
        policy: the language model in training; called as `policy(input_ids=..., attention_mask=...)`, gives `.logits`.
            No `requires_grad` of it changes.
        reference: a separate one, frozen. The step changes nothing about it: no weight, no `requires_grad`, no
            gradient.
        batch: `{"chosen": ..., "rejected": ...}`, each a dict of `input_ids`, `attention_mask` and `labels` (B, T),
            padded on the right, labels -100 on prompt and padding. The two may differ in T.
        optimizer: holds the policy's parameters. Gradients from before the call play no part.
        beta: as in `dpo_loss`.

    Neither model uses dropout during the step (else the implicit rewards would be noise); each is afterwards in the
    mode that it came in.

    Returns:
        dict of plain floats with exactly these keys, all taken before the step:
            loss: that of `dpo_loss`.
            chosen_reward, rejected_reward: means of the implicit rewards.
            win_rate: the fraction of pairs whose chosen reward is larger than their rejected one (a tie is no win).
            chosen_length, rejected_length: mean number of supervised tokens (labels other than -100, column 0 apart).

    Raises:
        ValueError: reference is policy. The message says what to pass, and nothing has changed.

    Example: implicit rewards 0.2 against -0.1 and 0.1 against 0.3: win_rate 0.5, chosen_reward 0.15, rejected_reward
    0.1.
    """
    ### BEGIN SOLUTION
    if reference is policy:
        raise ValueError("reference is the policy itself: pass a frozen copy, made with copy.deepcopy before training")

    def log_probs(model: nn.Module, side: str) -> torch.Tensor:
        rows = batch[side]
        logits = model(input_ids=rows["input_ids"], attention_mask=rows["attention_mask"]).logits  # (B, T, V)
        return sequence_log_prob(logits, rows["labels"])  # (B,)

    with without_dropout(policy, reference):
        # Score
        with torch.no_grad():
            ref_chosen, ref_rejected = log_probs(reference, "chosen"), log_probs(reference, "rejected")
        loss, chosen_rewards, rejected_rewards = dpo_loss(
            log_probs(policy, "chosen"), log_probs(policy, "rejected"), ref_chosen, ref_rejected, beta
        )

        # Update
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    lengths = {side: (batch[side]["labels"][:, 1:] != IGNORE_INDEX).sum(dim=1).float() for side in batch}
    return {
        "loss": loss.item(),
        "chosen_reward": chosen_rewards.mean().item(),
        "rejected_reward": rejected_rewards.mean().item(),
        "win_rate": (chosen_rewards > rejected_rewards).float().mean().item(),
        "chosen_length": lengths["chosen"].mean().item(),
        "rejected_length": lengths["rejected"].mean().item(),
    }
    ### END SOLUTION
