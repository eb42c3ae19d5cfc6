"""Checks of the lesson on alignment. Run them with `pytest exercises/alignment`.

What is expected comes from sums over tiny vocabularies, from formulas written out row by row in float64, or from the
numbers of the docstrings. Batches are ragged, prompts and padding hold noise: it must not matter. The language models
of the two loops are tables: what comes next depends on the last token only, so that everything can be computed.
"""

import math

import torch
from torch import nn

from autograder import builders
from autograder.checks import exercise, expect_close, expect_equal, expect_error, fail, probe

# fp32 sums of a few dozen terms of size 1 round by about 1e-6; mistakes move things by 0.01 or more.
FP32 = {"rtol": 1e-4, "atol": 1e-5}
# A whole GPT-2 rounds more.
MODEL = {"rtol": 1e-3, "atol": 1e-4}


def normal(rng, *shape):
    """Standard normal numbers."""
    return torch.randn(*shape, generator=rng)


def whole(rng, low, high):
    """A whole number from low to high - 1."""
    return int(torch.randint(low, high, (), generator=rng))


def ids(rng, vocabulary, *shape):
    """Token ids."""
    return torch.randint(0, vocabulary, shape, generator=rng)


def log_probs(rng, *shape):
    """Numbers as log-probabilities are: negative, between about -4 and 0."""
    return -4 * torch.rand(*shape, generator=rng) - 0.05


def response_mask(rng, lengths, columns, first=1):
    """(B, T) masks: in each row a piece of ones of this length that begins at `first` or later and may end anywhere."""
    mask = torch.zeros(len(lengths), columns, dtype=torch.int64)
    for row, length in enumerate(lengths):
        start = whole(rng, first, columns - length)  # at least one column of padding behind it
        mask[row, start : start + length] = 1
    return mask


@probe
def with_gradients(lesson, name, arguments, leaves, weights):
    """Call a function of the lesson; `leaves` are the places of arguments that want a gradient.

    The first thing that it returns is multiplied by the weights, added up and sent backward.
    """
    arguments = [one.clone().requires_grad_() if place in leaves else one for place, one in enumerate(arguments)]
    found = getattr(lesson, name)(*arguments)
    value = found[0] if isinstance(found, (tuple, list)) else found
    graph = isinstance(value, torch.Tensor) and value.requires_grad
    if graph:
        (value * weights).sum().backward()
    return {"value": value, "graph": graph, "gradients": [arguments[place].grad for place in leaves]}


def expect_graph(seen):
    """Something that is trained on must have a graph."""
    if not seen["graph"]:
        fail(
            "What it returns has no graph, so nothing can be learned from it.",
            advice="Look for detach(), item(), .data or torch.no_grad() on the way.",
        )


def expect_no_gradient(gradient, sentence):
    """Nothing may have flowed there: no gradient at all, or one of zeros."""
    if gradient is not None and gradient.abs().max() > 0:
        fail(sentence, expected="no gradient", got=gradient, advice="detach() it: it is data.")


# --- make_preference_pairs ------------------------------------------------------------------------------------------


@probe
def pairs_of(lesson, prompts, responses, scores):
    """The pairs, and how often the judge was asked for each. `scores` maps "prompt|response" to a number."""
    asked = []

    def score(prompt, response):
        asked.append(f"{prompt}|{response}")
        return scores.get(f"{prompt}|{response}", -1000.0)

    return {"pairs": lesson.make_preference_pairs(prompts, responses, score), "asked": asked}


def as_set(pairs):
    """Pairs in an order of their own."""
    return sorted((pair["prompt"], pair["chosen"], pair["rejected"]) for pair in pairs)


def comparisons(prompts, responses, scores, keep):
    """Triples (prompt, chosen, rejected), one for each ordered couple of places (a, b) that `keep` accepts."""
    found = []
    for prompt, candidates in zip(prompts, responses, strict=True):
        values = [scores[f"{prompt}|{response}"] for response in candidates]
        for a, first in enumerate(candidates):
            for b, second in enumerate(candidates):
                if a != b and keep(a, b, values):
                    found.append((prompt, first, second))
    return sorted(found)


def last_best(values):
    """The last place of the largest value."""
    return max(place for place, value in enumerate(values) if value == max(values))


def expect_pairs(seen, prompts, responses, scores, what):
    pairs = seen["pairs"]
    good = isinstance(pairs, list) and all(
        isinstance(pair, dict) and pair.keys() == {"prompt", "chosen", "rejected"} for pair in pairs
    )
    if not good:
        fail("It must return a list of dicts with exactly prompt, chosen and rejected.", got=repr(pairs)[:200])
    if any(question not in scores for question in seen["asked"]):
        if any("|".join(reversed(question.split("|"))) in scores for question in seen["asked"]):
            fail("The judge is called with response and prompt the wrong way round.", got=seen["asked"][0])
        fail("The judge is asked about a response that does not belong to the prompt.", got=seen["asked"][0])

    def wrongly(keep):
        return lambda: comparisons(prompts, responses, scores, keep)

    expect_equal(
        as_set(pairs),
        comparisons(prompts, responses, scores, lambda a, b, values: values[a] > values[b]),
        what=what,
        mistakes={
            "A tie is made into a pair; equal scores say nothing about which is preferred.": wrongly(
                lambda a, b, values: values[a] > values[b] or (values[a] == values[b] and a < b)
            ),
            "The first response of every two is taken as chosen, whatever the scores.": wrongly(lambda a, b, v: a < b),
            "The first response is taken as chosen wherever the scores differ.": wrongly(
                lambda a, b, values: a < b and values[a] != values[b]
            ),
            "Comparisons in which the later response is better are left out.": wrongly(
                lambda a, b, values: a < b and values[a] > values[b]
            ),
            "chosen and rejected are the wrong way round.": wrongly(lambda a, b, values: values[a] < values[b]),
            "Every pair is there in both orders, so the data says nothing.": wrongly(
                lambda a, b, values: values[a] != values[b]
            ),
            "Only the best and the worst response of a prompt are paired.": wrongly(
                lambda a, b, values: (
                    values[a] > values[b] and a == values.index(max(values)) and b == values.index(min(values))
                )
            ),
            "Only the best and the worst response of a prompt are paired. ": wrongly(
                lambda a, b, values: values[a] > values[b] and a == last_best(values) and b == values.index(min(values))
            ),
            "Only the best response of a prompt is ever chosen.": wrongly(
                lambda a, b, values: values[a] > values[b] and a == values.index(max(values))
            ),
            "Only neighbouring responses are compared.": wrongly(
                lambda a, b, values: values[a] > values[b] and abs(a - b) == 1
            ),
            "Only responses with a positive score are ever chosen.": wrongly(
                lambda a, b, values: values[a] > values[b] and values[a] > 0
            ),
        },
        advice="Two responses to one prompt with different scores make one pair; the higher score is chosen.",
    )


@exercise("make_preference_pairs")
def test_the_docstrings_pairs(student):
    prompts, responses = ["2 + 2?"], [["5", "4", "four"]]
    scores = {"2 + 2?|5": 0.0, "2 + 2?|4": 1.0, "2 + 2?|four": 1.0}
    seen = student.run(pairs_of, prompts, responses, scores)
    expect_pairs(seen, prompts, responses, scores, "The docstring's pairs")


@exercise("make_preference_pairs")
def test_every_two_responses_to_a_prompt(student, rng):
    prompts = ["first", "second", "third", "fourth"]
    values = [[1.5, -2.0, 0.5, 1.5, -1.0], [0.0, 2.0], [1.0], [-3.0, -1.0, -2.0]]
    responses, scores = [], {}
    for prompt, row in zip(prompts, values, strict=True):
        shuffled = [row[place] for place in torch.randperm(len(row), generator=rng).tolist()]
        texts = [f"{prompt} {letter}" for letter in "abcde"[: len(row)]]
        responses.append(texts)
        scores |= {f"{prompt}|{text}": value for text, value in zip(texts, shuffled, strict=True)}
    seen = student.run(pairs_of, prompts, responses, scores)
    expect_pairs(seen, prompts, responses, scores, "The list of pairs")
    if len(seen["asked"]) != len(set(seen["asked"])):
        fail(
            "The judge is asked more than once for the same response.",
            expected=len(scores),
            got=len(seen["asked"]),
            advice="Score every response first and keep the numbers.",
        )


# --- RewardModel ----------------------------------------------------------------------------------------------------


@probe
def rewards_of(lesson, seed, width, heads, weight, bias, batches):
    """Rewards of each batch with these numbers in the head, and the head's shape."""
    backbone = builders.tiny_gpt2(seed, width=width, heads=heads, layers=1).transformer
    model = lesson.RewardModel(backbone).eval()
    head = model.reward_head
    seen = {"shape": tuple(head.weight.shape), "bias": head.bias is not None, "rewards": []}
    if seen["shape"] != tuple(weight.shape):
        return seen
    with torch.no_grad():
        head.weight.copy_(weight)
        if head.bias is not None:
            head.bias.copy_(bias)
    seen["rewards"] = [model(*batch) for batch in batches]
    return seen


def rectangle(rng, texts, side, extra=0, fill=None):
    """input_ids and attention_mask (B, T), T being `extra` more than the longest; `fill` or noise in the padding."""
    longest = max(map(len, texts)) + extra
    input_ids = ids(rng, 53, len(texts), longest)
    if fill is not None:
        input_ids[:] = fill
    attention_mask = torch.zeros_like(input_ids)
    for row, text in enumerate(texts):
        place = slice(0, len(text)) if side == "right" else slice(longest - len(text), longest)
        input_ids[row, place] = text
        attention_mask[row, place] = 1
    return input_ids, attention_mask


class Judge:
    """A random GPT-2, a head, and the rewards that texts should get: each read alone and without any padding."""

    def __init__(self, rng, width=16, heads=2):
        self.seed, self.size = whole(rng, 0, 1 << 30), (width, heads)
        self.backbone = builders.tiny_gpt2(self.seed, width=width, heads=heads, layers=1).transformer
        self.weight, self.bias = normal(rng, 1, width), normal(rng, 1)

    def ask(self, student, *batches):
        seen = student.run(rewards_of, self.seed, *self.size, self.weight, self.bias, [list(one) for one in batches])
        width = self.size[0]
        if seen["shape"] != (1, width):
            wrong = {
                (1, 768): "768 is the width of the smallest GPT-2 only; take it from the backbone's config.",
                (2, width): "The head must have one output: the reward. Two are for a classifier.",
            }
            sentence = wrong.get(seen["shape"], "The head's weight must be (1, D).")
            fail(sentence, expected=(1, width), got=seen["shape"])
        if not seen["bias"]:
            self.bias = torch.zeros(1)
        return seen["rewards"]

    def head(self, vectors):
        return (vectors @ self.weight.T + self.bias).squeeze(-1)

    @torch.no_grad()
    def hidden(self, input_ids, **more):
        return self.backbone(input_ids, use_cache=False, **more).last_hidden_state

    def hidden_states(self, input_ids, mask):
        """Of a padded batch, as they should be."""
        position_ids = (mask.cumsum(dim=1) - 1).clamp(min=0)
        return self.hidden(input_ids, attention_mask=mask, position_ids=position_ids)

    def rewards(self, texts):
        return torch.stack([self.head(self.hidden(text[None])[0, -1]) for text in texts])

    def mistakes(self, texts, input_ids, mask):
        """What known mistakes give on this batch."""
        rows, last = torch.arange(len(mask)), (torch.arange(mask.shape[1]) * mask).amax(dim=1)
        real, right, hidden = mask[..., None], self.rewards(texts), self.hidden_states(input_ids, mask)
        not_zero = (torch.arange(mask.shape[1]) * (input_ids != 0)).amax(dim=1)
        return {
            "It reads the reward at index -1, which in a padded row is padding.": self.head(hidden[:, -1]),
            "mask.sum() - 1 is the last token only when padding is on the right.": self.head(
                hidden[rows, mask.sum(dim=1) - 1]
            ),
            "It reads the reward at the first token, which has seen nothing but itself.": self.head(
                hidden[rows, mask.argmax(dim=1)]
            ),
            "It averages over padding.": self.head(hidden.mean(dim=1)),
            "It averages over the tokens instead of reading the last one.": self.head(
                (hidden * real).sum(dim=1) / real.sum(dim=1)
            ),
            "Padding is recognised by its id instead of by the mask.": self.head(hidden[rows, not_zero]),
            "Positions are counted from the first column, so padding on the left shifts them.": lambda: self.head(
                self.hidden(input_ids, attention_mask=mask)[rows, last]
            ),
            "The backbone is not told the mask.": lambda: self.head(self.hidden(input_ids)[rows, last]),
            "A sigmoid is put on the reward; a reward is any real number.": right.sigmoid(),
            "A tanh is put on the reward; a reward is any real number.": right.tanh(),
            "A softmax or logsigmoid is put on the reward; a reward is any real number.": (
                torch.nn.functional.logsigmoid(right)
            ),
        }

    def expect(self, got, texts, input_ids, mask, what):
        right = self.rewards(texts)
        if isinstance(got, torch.Tensor) and got.shape == (len(texts), 1):
            fail(
                "It returns (B, 1); minus a (B,) that becomes a (B, B), and nothing complains.",
                expected=tuple(right.shape),
                got=tuple(got.shape),
                advice="squeeze(-1) drops the last dimension.",
            )
        if isinstance(got, torch.Tensor) and got.shape[:2] == mask.shape:
            fail(
                "It gives a reward for every position; a text has one.",
                expected=tuple(right.shape),
                got=tuple(got.shape),
            )
        close = isinstance(got, torch.Tensor) and got.shape == right.shape and torch.allclose(got, right, 1e-3, 1e-4)
        mistakes = {} if close else self.mistakes(texts, input_ids, mask)
        expect_close(got, right, what=what, mistakes=mistakes, **MODEL)


@exercise("RewardModel")
def test_reward_at_the_last_real_token_right(student, rng):
    judge = Judge(rng)
    texts = [ids(rng, 53, length) for length in (3, 7, 1, 5)]
    batch = rectangle(rng, texts, "right", extra=1)
    (got,) = judge.ask(student, batch)
    judge.expect(got, texts, *batch, "The rewards of texts padded on the right")


@exercise("RewardModel")
def test_a_text_may_end_with_the_id_that_pads(student, rng):
    judge = Judge(rng)
    texts = [ids(rng, 53, length) for length in (3, 5)]
    texts[0][-1] = texts[1][-1] = 0  # GPT-2 has no padding token, so its end-of-text token does both
    texts[0][-2] = texts[1][-2] = 7
    batch = rectangle(rng, texts, "right", extra=2, fill=0)
    (got,) = judge.ask(student, batch)
    judge.expect(got, texts, *batch, "The rewards of texts that end with the padding's id")


@exercise("RewardModel")
def test_reward_at_the_last_real_token_left(student, rng):
    judge = Judge(rng, width=24, heads=3)
    texts = [ids(rng, 53, length) for length in (6, 2, 4)]
    batch = rectangle(rng, texts, "left", extra=2)
    (got,) = judge.ask(student, batch)
    judge.expect(got, texts, *batch, "The rewards of texts padded on the left")


@probe
def reward_gradients(lesson, seed, input_ids, attention_mask):
    """Which tensors a reward's gradient reaches, and what making the model did to the backbone."""
    backbone = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer
    backbone.train()
    backbone.wpe.weight.requires_grad_(False)
    model = lesson.RewardModel(backbone)
    own = model.backbone is backbone
    mode, flags = backbone.training, [tensor.requires_grad for tensor in backbone.parameters()]
    model(input_ids, attention_mask).sum().backward()
    return {
        "own": own,
        "mode": mode,
        "frozen": flags.count(False),
        "head": model.reward_head.weight.grad,
        "first": backbone.wte.weight.grad,
    }


@exercise("RewardModel")
def test_rewards_train_head_and_backbone(student, rng):
    seed, texts = whole(rng, 0, 1 << 30), [ids(rng, 53, 4), ids(rng, 53, 2)]
    input_ids, mask = rectangle(rng, texts, "right")
    seen = student.run(reward_gradients, seed, input_ids, mask)
    if not seen["own"]:
        fail("backbone must be the module that was given, not a copy of it.")
    if not seen["mode"]:
        fail("Making the reward model switches the backbone to eval mode.")
    if seen["frozen"] != 1:
        fail("Making the reward model changes which parameters of the backbone are trainable.")
    if seen["head"] is None or not seen["head"].abs().max() > 0:
        fail("No gradient reaches the reward head.")
    if seen["first"] is None or not seen["first"].abs().max() > 0:
        fail("No gradient reaches the backbone, so it can't learn to judge.", advice="Is there a no_grad or detach?")
    backbone = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer
    with torch.no_grad():
        right = sum(backbone(text[None]).last_hidden_state[:, -1] for text in texts)  # what the head is multiplied with
    expect_close(seen["head"], right, what="The gradient of the head's weight", **MODEL)


# --- preference_loss ------------------------------------------------------------------------------------------------


def bradley_terry(differences):
    """-log sigmoid, number by number, in float64."""
    return torch.tensor([math.log1p(math.exp(-one)) if one > -30 else -one for one in differences.double().tolist()])


def preference_mistakes(chosen, rejected, margin=None):
    """What known mistakes give, as sentences and values."""
    off = torch.zeros_like(chosen) if margin is None else torch.as_tensor(margin) * torch.ones_like(chosen)
    difference = chosen - rejected - off
    right = bradley_terry(difference).float()
    sigmoid = torch.sigmoid
    found = {
        "chosen and rejected are the wrong way round.": bradley_terry(rejected - chosen - off).mean(),
        "chosen, rejected and margin all have the wrong sign.": bradley_terry(-difference).mean(),
        "It adds the pairs up instead of averaging them.": right.sum(),
        "It returns one loss per pair; the loss is their mean.": right,
        "The logarithm is missing: it is the probability of the wrong choice.": (1 - sigmoid(difference)).mean(),
        "The logarithm is missing.": -sigmoid(difference).mean(),
        "The sigmoid is missing: it is the plain difference, which can fall for ever.": -difference.mean(),
        "That is a hinge loss, not -log sigmoid.": (1 - difference).clamp(min=0).mean(),
        "The sigmoid is applied twice.": -torch.log(sigmoid(sigmoid(difference))).mean(),
        "Each reward is judged on its own; only the difference counts.": (
            bradley_terry(chosen - off) + bradley_terry(-rejected)
        ).mean(),
        "The logarithm has base 2; natural logarithms are used everywhere here.": right.mean() / math.log(2),
        "It takes the sigmoid of the mean difference instead of the mean over the pairs.": bradley_terry(
            difference.mean().reshape(1)
        )[0],
        "The sign is wrong: it falls when the preferred response loses.": -right.mean(),
    }
    if margin is not None:
        found |= {
            "The margin is ignored.": bradley_terry(chosen - rejected).mean(),
            "The margin has the wrong sign: it makes the demand smaller.": bradley_terry(
                chosen - rejected + off
            ).mean(),
            "The margin is subtracted from the loss instead of from the difference.": (
                bradley_terry(chosen - rejected) - off
            ).mean(),
            "The margin multiplies the difference instead of being subtracted.": bradley_terry(
                (chosen - rejected) * off
            ).mean(),
        }
    return {sentence: value.float() for sentence, value in found.items()}


@exercise("preference_loss")
def test_the_docstrings_preference(student):
    chosen, rejected = torch.tensor([0.7]), torch.tensor([0.3])
    for margin, right in ((None, 0.5130152523999526), (0.4, math.log(2))):
        expect_close(
            student.preference_loss(chosen, rejected, margin),
            torch.tensor(right),
            what="The docstring's loss",
            mistakes=preference_mistakes(chosen, rejected, margin),
            **FP32,
        )


@exercise("preference_loss")
def test_preference_loss_of_a_batch(student, rng):
    chosen, rejected = 2 * normal(rng, 5), 2 * normal(rng, 5)
    right = bradley_terry(chosen - rejected).mean().float()
    expect_close(
        student.preference_loss(chosen, rejected),
        right,
        what="The loss of five pairs",
        mistakes=preference_mistakes(chosen, rejected),
        **FP32,
    )
    expect_close(
        student.preference_loss(chosen + 3, rejected + 3),
        right,
        what="The loss after both rewards are shifted by the same amount",
        mistakes=preference_mistakes(chosen + 3, rejected + 3),
        advice="Only the difference of two rewards means anything.",
        **FP32,
    )


@exercise("preference_loss")
def test_margins(student, rng):
    chosen, rejected = normal(rng, 4), normal(rng, 4)
    for margin in (torch.rand(4, generator=rng) + 0.5, 0.75):
        expect_close(
            student.preference_loss(chosen, rejected, margin),
            bradley_terry(chosen - rejected - margin).mean().float(),
            what="The loss with a margin",
            mistakes=preference_mistakes(chosen, rejected, margin),
            **FP32,
        )


@exercise("preference_loss")
def test_preference_gradient(student, rng):
    chosen, rejected = normal(rng, 3), normal(rng, 3)
    seen = student.run(with_gradients, "preference_loss", [chosen, rejected], [0, 1], torch.tensor(1.0))
    expect_graph(seen)
    step = 1e-3  # central differences, in float64: their error is about step²
    slopes = []
    for place in range(3):
        nudge = torch.zeros(3, dtype=torch.float64)
        nudge[place] = step
        up, down = (bradley_terry((chosen - rejected).double() + sign * nudge).double().mean() for sign in (1, -1))
        slopes.append(((up - down) / (2 * step)).item())
    slopes = torch.tensor(slopes)
    sentence = "Its gradient does not agree with central differences of -log sigmoid."
    for gradient, right in zip(seen["gradients"], (slopes, -slopes), strict=True):
        if gradient is None:
            fail("A gradient must reach the rewards of both, chosen and rejected.")
        if (gradient - right).abs().max() > 1e-3:
            fail(sentence, expected=right, got=gradient)


# --- token_log_probs ------------------------------------------------------------------------------------------------


def each_token(logits, input_ids):
    """Entry t is log p(token t + 1), written out; 0 where a label is -100."""
    rows, columns = input_ids.shape
    found = torch.zeros(rows, columns - 1)
    for row in range(rows):
        for t in range(columns - 1):
            token = int(input_ids[row, t + 1])
            if token != -100:
                numbers = logits[row, t].double()
                found[row, t] = numbers[token] - numbers.logsumexp(dim=0)
    return found


def token_mistakes(logits, input_ids):
    """What known mistakes give."""
    log_p = logits.float().log_softmax(dim=-1)
    is_token = input_ids != -100
    known = input_ids.clamp(min=0)

    def pick(table, tokens):
        return table.gather(-1, tokens[..., None]).squeeze(-1)

    right = each_token(logits, input_ids)
    vocabulary = logits.shape[-1]
    return {
        "Nothing is shifted: position t guesses token t + 1, not token t.": pick(log_p, known) * is_token,
        "Nothing is shifted: the last column is dropped, but position t is still asked about token t.": (
            pick(log_p, known) * is_token
        )[:, :-1],
        "Nothing is shifted: the first column is dropped, but position t is still asked about token t.": (
            pick(log_p, known) * is_token
        )[:, 1:],
        "It is shifted the wrong way: position t + 1 is asked about token t.": (
            pick(log_p[:, 1:], known[:, :-1]) * is_token[:, :-1]
        ),
        "These are the raw logits; a log_softmax turns them into log-probabilities.": (
            pick(logits.float()[:, :-1], known[:, 1:]) * is_token[:, 1:]
        ),
        "These are probabilities, not their logarithms.": right.exp() * is_token[:, 1:],
        "The sign is wrong: these are negative log-probabilities.": -right,
        "The logarithm has base 2; natural logarithms are used everywhere here.": right / math.log(2),
        "The softmax runs over the positions instead of the vocabulary.": (
            pick(logits.float()[:, :-1].log_softmax(dim=1), known[:, 1:]) * is_token[:, 1:]
        ),
        "It gives the likeliest token's log-probability, not that of the token that stands there.": (
            log_p[:, :-1].amax(dim=-1) * is_token[:, 1:]
        ),
        "A label of -100 is looked up as if it were token 0; its entry must be 0.": pick(log_p[:, :-1], known[:, 1:]),
        "A label of -100 is looked up as an index from the end; its entry must be 0.": (
            pick(log_p[:, :-1], input_ids[:, 1:] % vocabulary)
        ),
        "Token 0 is treated as padding; it is a token like any other.": right * (input_ids[:, 1:] != 0),
        "It returns T columns; there is nothing to say about the first token, so T - 1.": torch.nn.functional.pad(
            right, (1, 0)
        ),
        "It returns T columns; nothing follows the last logits, so T - 1.": torch.nn.functional.pad(right, (0, 1)),
        "Only tokens whose own position is supervised are kept: the mask is not shifted with the tokens.": (
            pick(log_p[:, :-1], known[:, 1:]) * is_token[:, :-1]
        ),
    }


@exercise("token_log_probs")
def test_the_docstrings_tokens(student):
    logits = torch.tensor([[[0.0, 0.0], [0.0, math.log(3)], [5.0, 5.0]]])
    for tokens, right in (
        ([[1, 0, 1]], [[math.log(1 / 2), math.log(3 / 4)]]),
        ([[1, -100, 1]], [[0.0, math.log(3 / 4)]]),
    ):
        expect_close(
            student.token_log_probs(logits, torch.tensor(tokens)),
            torch.tensor(right),
            what="The docstring's row",
            mistakes=token_mistakes(logits, torch.tensor(tokens)),
            **FP32,
        )


@exercise("token_log_probs")
def test_tokens_of_a_batch(student, rng):
    logits, tokens = 2 * normal(rng, 3, 5, 7), ids(rng, 7, 3, 5)
    tokens[0, 2] = 0
    expect_close(
        student.token_log_probs(logits, tokens),
        each_token(logits, tokens),
        what="The log-probabilities",
        mistakes=token_mistakes(logits, tokens),
        advice="logits[:, t] guess input_ids[:, t + 1].",
        **FP32,
    )


@exercise("token_log_probs")
def test_labels_that_are_no_tokens(student, rng):
    logits, labels = 2 * normal(rng, 3, 6, 112), ids(rng, 112, 3, 6)
    labels[0, :2], labels[1, 3:], labels[2] = -100, -100, -100
    expect_close(
        student.token_log_probs(logits, labels),
        each_token(logits, labels),
        what="The log-probabilities of labels with -100 in them",
        mistakes=token_mistakes(logits, labels),
        advice="gather can't look up -100: put any token there first, and 0 into the result.",
        **FP32,
    )


@exercise("token_log_probs")
def test_token_gradient(student, rng):
    logits, tokens, weights = normal(rng, 2, 4, 5), ids(rng, 5, 2, 4), normal(rng, 2, 3)
    tokens[0, 1] = -100
    seen = student.run(with_gradients, "token_log_probs", [logits, tokens], [0], weights)
    expect_graph(seen)
    right = torch.zeros_like(logits)
    for row in range(2):
        for t in range(3):
            token = int(tokens[row, t + 1])
            if token != -100:  # d log p(token) / d logits = onehot - softmax
                right[row, t] = -logits[row, t].softmax(dim=0) * weights[row, t]
                right[row, t, token] += weights[row, t]
    expect_close(seen["gradients"][0], right, what="The gradient of the log-probabilities", **FP32)


# --- sequence_log_prob ----------------------------------------------------------------------------------------------


def sequence_mistakes(logits, labels):
    """What known mistakes give."""
    tokens, is_token = each_token(logits, labels), (labels[:, 1:] != -100).float()
    log_p, known = logits.log_softmax(dim=-1), labels.clamp(min=0)
    everything = log_p[:, :-1].gather(-1, known[:, 1:, None]).squeeze(-1)
    unshifted = log_p.gather(-1, known[..., None]).squeeze(-1) * (labels != -100)
    right = tokens.sum(dim=1)
    count = is_token.sum(dim=1)
    last = (torch.arange(tokens.shape[1]) * is_token).argmax(dim=1)
    return {
        "It averages over the tokens; a response's log-probability is their sum.": right / count.clamp(min=1),
        "It averages over all positions; a response's log-probability is the sum.": tokens.mean(dim=1),
        "The mask is inverted: it adds up what is not supervised.": (everything * (1 - is_token)).sum(dim=1),
        "Prompt and padding are counted: labels of -100 are taken as tokens.": everything.sum(dim=1),
        "It multiplies probabilities; their logarithms are to be added.": right.exp(),
        "Nothing is shifted: position t guesses token t + 1, not token t.": unshifted.sum(dim=1),
        "The last supervised token is left out, often the one that ends the response.": right
        - tokens[torch.arange(len(tokens)), last],
        "It adds up the whole batch; every row has a log-probability of its own.": right.sum(),
        "The sign is wrong: this is a loss, not a log-probability.": -right,
        "It takes the last supervised token only.": tokens[torch.arange(len(tokens)), last],
    }


@exercise("sequence_log_prob")
def test_the_docstrings_sequence(student):
    logits = torch.tensor([[[0.0, 0.0], [0.0, math.log(3)], [5.0, 5.0]]])
    labels = torch.tensor([[-100, 0, 1]])
    expect_close(
        student.sequence_log_prob(logits, labels),
        torch.tensor([math.log(3 / 8)]),
        what="The docstring's sequence",
        mistakes=sequence_mistakes(logits, labels),
        **FP32,
    )


def labelled(rng, vocabulary, lengths, columns):
    """(B, T) labels: a response of each length somewhere behind a prompt, -100 elsewhere."""
    mask = response_mask(rng, lengths, columns)
    return ids(rng, vocabulary, *mask.shape).masked_fill(mask == 0, -100)


@exercise("sequence_log_prob")
def test_responses_of_different_lengths(student, rng):
    logits, labels = 2 * normal(rng, 4, 8, 6), labelled(rng, 6, (2, 5, 1, 3), 8)
    expect_close(
        student.sequence_log_prob(logits, labels),
        each_token(logits, labels).sum(dim=1),
        what="The responses' log-probabilities",
        mistakes=sequence_mistakes(logits, labels),
        advice="Probabilities multiply, so logarithms add up; -100 counts for nothing.",
        **FP32,
    )


@exercise("sequence_log_prob")
def test_all_sequences_of_a_tiny_vocabulary_share_one(student, rng):
    # A language model of 3 tokens that looks at the last one only, and all 27 responses of 3 tokens behind token 0.
    table = 2 * normal(rng, 3, 3)
    rows = torch.cartesian_prod(*[torch.arange(3)] * 3)
    tokens = torch.cat([torch.zeros(27, 1, dtype=torch.int64), rows], dim=1)
    labels = tokens.clone()
    labels[:, 0] = -100
    found = student.sequence_log_prob(table[tokens], labels)
    expect_close(
        found,
        each_token(table[tokens], labels).sum(dim=1),
        what="The log-probability of every possible response",
        mistakes=sequence_mistakes(table[tokens], labels),
        **FP32,
    )


@exercise("sequence_log_prob")
def test_sequence_gradient(student, rng):
    logits, labels, weights = normal(rng, 2, 5, 4), labelled(rng, 4, (3, 1), 5), normal(rng, 2)
    seen = student.run(with_gradients, "sequence_log_prob", [logits, labels], [0], weights)
    expect_graph(seen)
    right = torch.zeros_like(logits)
    for row in range(2):
        for t in range(4):
            token = int(labels[row, t + 1])
            if token != -100:
                right[row, t] = -logits[row, t].softmax(dim=0) * weights[row]
                right[row, t, token] += weights[row]
    expect_close(seen["gradients"][0], right, what="The gradient of the sequences' log-probabilities", **FP32)


# --- kl_divergence --------------------------------------------------------------------------------------------------


def exact_kl(logits_p, logits_q):
    """The sum, token by token, in float64."""
    flat_p, flat_q = (logits.reshape(-1, logits.shape[-1]).double() for logits in (logits_p, logits_q))
    found = []
    for one, other in zip(flat_p, flat_q, strict=True):
        p, q = one.softmax(dim=0), other.softmax(dim=0)
        found.append(sum(float(a) * math.log(float(a) / float(b)) for a, b in zip(p, q, strict=True) if a > 0))
    return torch.tensor(found).reshape(logits_p.shape[:-1])


def kl_mistakes(logits_p, logits_q):
    """What known mistakes give."""
    log_p, log_q = logits_p.log_softmax(dim=-1), logits_q.log_softmax(dim=-1)
    right, reverse = exact_kl(logits_p, logits_q), exact_kl(logits_q, logits_p)
    ratio = log_p - log_q
    middle = (log_p.exp() / 2 + log_q.exp() / 2).log()
    return {
        "The direction is wrong: this is KL(q ‖ p).": reverse,
        "The sign is wrong: KL is never negative.": -right,
        "That is the mean of both directions; KL is not symmetric.": (right + reverse) / 2,
        "That is the sum of both directions; KL is not symmetric.": right + reverse,
        "That is the Jensen-Shannon divergence.": (
            (log_p.exp() * (log_p - middle)).sum(-1) + (log_q.exp() * (log_q - middle)).sum(-1)
        )
        / 2,
        "That is the cross-entropy; the entropy of p is missing.": -(log_p.exp() * log_q).sum(dim=-1),
        "Every token is weighted alike; each counts with its probability p.": ratio.mean(dim=-1),
        "Every token counts in full; each counts with its probability p.": ratio.sum(dim=-1),
        "The logits are used without a log_softmax.": (log_p.exp() * (logits_p - logits_q)).sum(dim=-1),
        "It averages over the vocabulary; the sum over it is wanted.": right / logits_p.shape[-1],
        "It gives one number for all positions; each position has its own.": right.mean(),
        "It adds up all positions; each position has its own.": right.sum(),
        "It divides the sum by the batch (batchmean); each position has its own.": right.sum() / len(logits_p),
        "The logarithm has base 2; natural logarithms are used everywhere here.": right / math.log(2),
        "It does not sum over the vocabulary.": log_p.exp() * ratio,
        "Absolute values are added up; the terms of KL have signs.": (log_p.exp() * ratio).abs().sum(dim=-1),
        "That is the largest difference in log-probability, not a sum over tokens.": ratio.amax(dim=-1),
        "The weights are q instead of p.": (log_q.exp() * ratio).sum(dim=-1),
    }


@exercise("kl_divergence")
def test_the_docstrings_divergence(student):
    p, q = torch.tensor([0.5, 0.5]).log(), torch.tensor([0.25, 0.75]).log()
    for pair, right in (((p, q), 0.14384103622589045), ((q, p), 0.13081203594113697)):
        expect_close(
            student.kl_divergence(*pair),
            torch.tensor(right),
            what="The docstring's divergence",
            mistakes=kl_mistakes(*pair),
            **FP32,
        )


@exercise("kl_divergence")
def test_divergence_at_each_position(student, rng):
    p, q = 1.5 * normal(rng, 2, 3, 5), 1.5 * normal(rng, 2, 3, 5)
    expect_close(
        student.kl_divergence(p, q),
        exact_kl(p, q),
        what="The divergence at each position",
        mistakes=kl_mistakes(p, q),
        advice="Sum over the vocabulary only: (..., V) becomes (...).",
        **FP32,
    )


@exercise("kl_divergence")
def test_a_constant_on_the_logits_changes_nothing(student, rng):
    p, q = normal(rng, 4, 6), normal(rng, 4, 6)
    expect_close(
        student.kl_divergence(p + 5, q - 3),
        exact_kl(p, q),
        what="The divergence after a constant is added to the logits",
        mistakes=kl_mistakes(p + 5, q - 3),
        **FP32,
    )
    expect_close(student.kl_divergence(p, p), torch.zeros(4), what="The divergence of p from itself", **FP32)


@exercise("kl_divergence")
def test_divergence_gradient(student, rng):
    p, q = normal(rng, 3, 4), normal(rng, 3, 4)
    seen = student.run(with_gradients, "kl_divergence", [p, q], [0, 1], torch.ones(3))
    expect_graph(seen)
    step, slopes = 1e-3, []
    for which in (0, 1):
        slope = torch.zeros(3, 4)
        for row in range(3):
            for token in range(4):
                nudge = torch.zeros(3, 4, dtype=torch.float64)
                nudge[row, token] = step
                pairs = [[p.double(), q.double()] for _ in range(2)]
                pairs[0][which] = pairs[0][which] + nudge
                pairs[1][which] = pairs[1][which] - nudge
                up, down = (exact_kl(*pair)[row].item() for pair in pairs)
                slope[row, token] = (up - down) / (2 * step)
        slopes.append(slope)
    gradient_p, gradient_q = seen["gradients"]
    weights = p.softmax(dim=-1)
    if gradient_q is None:
        fail("No gradient reaches the logits of q.")
    if gradient_p is None:
        fail("No gradient reaches the logits of p.")
    # exact_kl gives float32: differences of numbers of size 1 over 2e-3 are good to about 1e-4
    expect_close(
        gradient_p,
        slopes[0],
        what="The gradient in the logits of p",
        rtol=0,
        atol=2e-3,
        mistakes={"The weights p are detached, so their part of the gradient is missing.": torch.zeros_like(weights)},
    )
    expect_close(gradient_q, slopes[1], what="The gradient in the logits of q", rtol=0, atol=2e-3)


# --- kl_estimate ----------------------------------------------------------------------------------------------------


def estimates(logp, logp_ref, kind):
    """The estimate of every token, number by number."""
    formulas = {"k1": lambda x: x, "k2": lambda x: x * x / 2, "k3": lambda x: math.expm1(-x) + x}
    differences = (logp.double() - logp_ref.double()).reshape(-1).tolist()
    return torch.tensor([formulas[kind](x) for x in differences]).reshape(logp.shape)


def estimate_mistakes(logp, logp_ref, kind):
    """What known mistakes give."""
    x, right = logp - logp_ref, estimates(logp, logp_ref, kind)
    found = {
        "It averages over the tokens; every token has an estimate of its own.": right.mean(),
        "It adds up the tokens; every token has an estimate of its own.": right.sum(),
        "The estimate is weighted by the token's probability; the sampling does that already.": logp.exp() * right,
    }
    if kind == "k1":
        found |= {
            "In k1 policy and reference are the wrong way round.": -x,
            "k1 is made positive; single values may be negative, and only then it is unbiased.": x.abs(),
            "k1 is cut off at 0; single values may be negative, and only then it is unbiased.": x.clamp(min=0),
            "k1 is the ratio itself, not its logarithm.": x.exp(),
        }
    if kind == "k2":
        found |= {
            "In k2 the half is missing.": x**2,
            "k2 is half the square of the log-ratio, not half its absolute value.": x.abs() / 2,
            "k2 squares the difference of the probabilities, not of their logarithms.": (
                (logp.exp() - logp_ref.exp()) ** 2 / 2
            ),
            "k2 is not a kind of its own here: it gives k1.": x,
        }
    if kind == "k3":
        found |= {
            "In k3 policy and reference are the wrong way round; the ratio is reference over policy.": x.exp() - 1 - x,
            "In k3 the -1 is missing.": (-x).exp() + x,
            "In k3 the log-ratio has the wrong sign.": (-x).exp() - 1 - x,
            "In k3 the ratio is policy over reference; it must be reference over policy.": x.exp() - 1 + x,
            "In k3 the log-ratio is missing.": (-x).exp() - 1,
            "k3 is not a kind of its own here: it gives k1.": x,
        }
    return found


@exercise("kl_estimate")
def test_the_docstrings_estimates(student):
    logp, logp_ref = torch.tensor([0.5, 0.5]).log(), torch.tensor([0.25, 0.75]).log()
    right = {"k1": [0.69314718, -0.40546511], "k2": [0.24022651, 0.08220098], "k3": [0.19314718, 0.09453489]}
    for kind, values in right.items():
        expect_close(
            student.kl_estimate(logp, logp_ref, kind),
            torch.tensor(values),
            what=f"The docstring's {kind}",
            mistakes=estimate_mistakes(logp, logp_ref, kind),
            **FP32,
        )


@exercise("kl_estimate")
def test_each_kind_on_a_batch(student, rng):
    logp, logp_ref = log_probs(rng, 2, 4), log_probs(rng, 2, 4)
    for kind in ("k1", "k2", "k3"):
        expect_close(
            student.kl_estimate(logp, logp_ref, kind),
            estimates(logp, logp_ref, kind),
            what=kind,
            mistakes=estimate_mistakes(logp, logp_ref, kind),
            **FP32,
        )


@exercise("kl_estimate")
def test_k1_and_k3_are_right_on_average(student, rng):
    p, q = normal(rng, 7), normal(rng, 7)
    log_p, log_q, divergence = p.log_softmax(dim=0), q.log_softmax(dim=0), exact_kl(p, q)
    for kind in ("k1", "k3"):
        found = student.kl_estimate(log_p, log_q, kind)
        mistakes = estimate_mistakes(log_p, log_q, kind)
        if not isinstance(found, torch.Tensor) or found.shape != log_p.shape:
            fail("It must give one estimate for every token, in the shape of what came in.")
        expect_close(
            (log_p.exp() * found).sum(),
            divergence,
            what=f"The mean of {kind} over all tokens, each as often as the policy samples it,",
            mistakes={sentence: (log_p.exp() * value).sum() for sentence, value in mistakes.items()},
            advice="Over every token of a vocabulary, weighted by p, an unbiased estimate gives KL(p ‖ q) exactly.",
            **FP32,
        )


@exercise("kl_estimate")
def test_estimates_have_a_graph(student, rng):
    logp, logp_ref = log_probs(rng, 3), log_probs(rng, 3)
    x = (logp - logp_ref).double()
    for kind, slope in (("k1", torch.ones(3)), ("k2", x.float()), ("k3", (1 - (-x).exp()).float())):
        seen = student.run(with_gradients, "kl_estimate", [logp, logp_ref, kind], [0], torch.ones(3))
        expect_graph(seen)
        expect_close(seen["gradients"][0], slope, what=f"The gradient of {kind}", **FP32)


# --- kl_shaped_rewards ----------------------------------------------------------------------------------------------


def shaped(score, logp, logp_ref, beta, mask):
    """Token by token."""
    found = torch.zeros_like(logp)
    for row in range(len(mask)):
        places = mask[row].nonzero().flatten().tolist()
        for place in places:
            found[row, place] = -beta * (logp[row, place] - logp_ref[row, place])
        if places:
            found[row, places[-1]] += score[row]
    return found


def shaped_mistakes(score, logp, logp_ref, beta, mask):
    """What known mistakes give."""
    price = -beta * (logp - logp_ref) * mask
    rows, columns = torch.arange(len(mask)), torch.arange(mask.shape[1])
    count = mask.sum(dim=1)
    last, first = (columns * mask).amax(dim=1), mask.argmax(dim=1)

    def paid(kl, place, amount=score):
        found = kl.clone()
        found[rows, place] += amount
        return found

    after = (last + 1).clamp(max=mask.shape[1] - 1)
    whole_kl = torch.zeros_like(price)
    whole_kl[rows, last] = price.sum(dim=1)
    replaced = price.clone()
    replaced[rows, last] = score
    return {
        "The score is put on the last column, which may be padding.": paid(price, -1),
        "mask.sum() - 1 is not the last response token when a prompt stands before it.": paid(price, count - 1),
        "The score is put one position behind the response.": paid(price, after),
        "The score is put on the first token of the response.": paid(price, first),
        "The score is put on every token; a response has one score.": price + score[:, None] * mask,
        "The score is spread over the tokens.": price + score[:, None] * mask / count.clamp(min=1)[:, None],
        "The sign is wrong: it pays for leaving the reference.": paid(-price, last, score),
        "beta is forgotten.": paid(-(logp - logp_ref) * mask, last),
        "beta also multiplies the score.": paid(price, last, beta * score),
        "The price is paid on prompt and padding too.": paid(-beta * (logp - logp_ref), last),
        "The score replaces the price of the last token; it is added to it.": replaced,
        "The price of the whole response is put on the last token; each token pays its own.": paid(whole_kl, last),
        "The score is missing.": price,
        "The price is missing: there is no KL in it.": paid(torch.zeros_like(price), last),
        "The price is the absolute difference; it may be a gain where the reference was surer.": paid(
            -beta * (logp - logp_ref).abs() * mask, last
        ),
        "The price is half the squared difference (k2); here it is the difference itself.": paid(
            -beta * (logp - logp_ref) ** 2 / 2 * mask, last
        ),
        "The price is taken of probabilities; it is the difference of their logarithms.": paid(
            -beta * (logp.exp() - logp_ref.exp()) * mask, last
        ),
        "The price is the mean over the response, on every token.": paid(
            mask * (price.sum(dim=1) / count.clamp(min=1))[:, None], last
        ),
    }


@exercise("kl_shaped_rewards")
def test_the_docstrings_rewards(student):
    score, mask = torch.tensor([2.0]), torch.tensor([[0, 1, 1, 0]])
    logp, logp_ref = torch.tensor([[-1.0, -1, -1, -9]]), torch.tensor([[-5.0, -2, -3, -1]])
    expect_close(
        student.kl_shaped_rewards(score, logp, logp_ref, 0.1, mask),
        torch.tensor([[0, -0.1, 1.8, 0]]),
        what="The docstring's rewards",
        mistakes=shaped_mistakes(score, logp, logp_ref, 0.1, mask),
        **FP32,
    )


@exercise("kl_shaped_rewards")
def test_rewards_of_a_batch(student, rng):
    mask = response_mask(rng, (3, 1, 5), 8, first=1)
    score, logp, logp_ref = normal(rng, 3), log_probs(rng, 3, 8), log_probs(rng, 3, 8)
    beta = 0.3 + 0.2 * float(torch.rand((), generator=rng))
    expect_close(
        student.kl_shaped_rewards(score, logp, logp_ref, beta, mask),
        shaped(score, logp, logp_ref, beta, mask),
        what="The tokens' rewards",
        mistakes=shaped_mistakes(score, logp, logp_ref, beta, mask),
        advice="The last position at which the mask is 1 gets the score, in each row another one.",
        **FP32,
    )


@exercise("kl_shaped_rewards")
def test_a_responses_reward_is_its_score_minus_its_kl(student, rng):
    mask = response_mask(rng, (2, 4), 7)
    score, logp, logp_ref, beta = normal(rng, 2), log_probs(rng, 2, 7), log_probs(rng, 2, 7), 0.25
    expect_close(
        student.kl_shaped_rewards(score, logp, logp_ref, beta, mask).sum(dim=1),
        score - beta * ((logp - logp_ref) * mask).sum(dim=1),
        what="The sum of a response's rewards",
        mistakes={
            sentence: value.sum(dim=1) for sentence, value in shaped_mistakes(score, logp, logp_ref, beta, mask).items()
        },
        **FP32,
    )


@probe
def rewards_graph(lesson, score, logp, logp_ref, mask):
    """Whether rewards computed from log-probabilities with a graph have one themselves."""
    found = lesson.kl_shaped_rewards(score.requires_grad_(), logp.requires_grad_(), logp_ref, 0.1, mask)
    return {"graph": found.requires_grad, "rewards": found.detach()}


@exercise("kl_shaped_rewards")
def test_rewards_are_data(student, rng):
    mask = response_mask(rng, (2, 3), 6)
    score, logp, logp_ref = normal(rng, 2), log_probs(rng, 2, 6), log_probs(rng, 2, 6)
    seen = student.run(rewards_graph, score, logp, logp_ref, mask)
    if seen["graph"]:
        fail(
            "The rewards have a graph; they are data, and nothing is trained through them.",
            advice="detach() what you return.",
        )
    expect_close(seen["rewards"], shaped(score, logp, logp_ref, 0.1, mask), what="The rewards", **FP32)


# --- policy_gradient_loss -------------------------------------------------------------------------------------------


def masked_means(per_token, mask, right):
    """The ways in which a mean over tokens goes wrong; `right` is minus the objective."""
    counts = mask.sum(dim=1)
    rows = (per_token * mask).sum(dim=1)
    return {
        "The sign is wrong: an optimizer that goes downhill would make good tokens unlikely.": -right,
        "The mean is taken over all positions, prompt and padding included, instead of the response tokens.": (
            (per_token * mask).mean()
        ),
        "Prompt and padding are counted: the mask is not used.": per_token.mean(),
        "It adds the tokens up instead of averaging them.": rows.sum(),
        "It averages within each response first; here every token of the batch counts the same.": (
            rows / counts.clamp(min=1)
        ).mean(),
        "It divides by the number of responses instead of the number of tokens.": rows.mean(),
        "It returns one loss per token; the loss is one number.": per_token * mask,
        "It returns one loss per response; the loss is one number.": rows / counts.clamp(min=1),
    }


def reinforce_mistakes(logp, advantages, mask):
    count = mask.sum()
    right = -(logp * advantages * mask).sum() / count
    real = advantages[mask == 1]
    whitened = (advantages - real.mean()) / real.std()
    centred = advantages - real.mean()
    return {
        **masked_means(-logp * advantages, mask, right),
        "It uses probabilities; the gradient needs their logarithms.": -(logp.exp() * advantages * mask).sum() / count,
        "It rescales the advantages; they are to be used as they come.": -(logp * whitened * mask).sum() / count,
        "It subtracts the mean of the advantages; they are to be used as they come.": -(logp * centred * mask).sum()
        / count,
        "Negative advantages are dropped; those tokens must become less likely.": (
            -(logp * advantages.clamp(min=0) * mask).sum() / count
        ),
        "It uses the size of the advantages without their sign.": -(logp * advantages.abs() * mask).sum() / count,
        "The advantages are not used.": -(logp * mask).sum() / count,
        "The mask is inverted.": -(logp * advantages * (1 - mask)).sum() / (1 - mask).sum(),
    }


@exercise("policy_gradient_loss")
def test_the_docstrings_policy_gradient(student):
    logp, advantages = torch.tensor([[-1.0, -2, -3]]), torch.tensor([[1.0, -1, 5]])
    mask = torch.tensor([[1, 1, 0]])
    expect_close(
        student.policy_gradient_loss(logp, advantages, mask),
        torch.tensor(-0.5),
        what="The docstring's loss",
        mistakes=reinforce_mistakes(logp, advantages, mask),
        **FP32,
    )


@exercise("policy_gradient_loss")
def test_policy_gradient_of_a_batch(student, rng):
    mask = response_mask(rng, (2, 5, 1), 8)
    logp, advantages = log_probs(rng, 3, 8), 1 + 2 * normal(rng, 3, 8)
    seen = student.run(with_gradients, "policy_gradient_loss", [logp, advantages, mask], [0, 1], torch.tensor(1.0))
    count = mask.sum()
    expect_close(
        seen["value"],
        -(logp * advantages * mask).sum() / count,
        what="The loss",
        mistakes=reinforce_mistakes(logp, advantages, mask),
        **FP32,
    )
    expect_graph(seen)
    expect_no_gradient(seen["gradients"][1], "A gradient flows into the advantages, which are data.")
    expect_close(seen["gradients"][0], -advantages * mask / count, what="The gradient in the log-probabilities", **FP32)


@probe
def expected_gradient(lesson, table, sequences, rewards):
    """The mean gradient of the loss over all responses, each as often as the policy samples it."""
    table.requires_grad_()
    total = torch.zeros_like(table)
    for sequence, reward in zip(sequences, rewards, strict=True):
        log_p = table.log_softmax(dim=-1)[sequence[:-1], sequence[1:]][None]  # (1, T)
        mask = torch.ones_like(log_p, dtype=torch.int64)
        loss = lesson.policy_gradient_loss(log_p, reward * torch.ones_like(log_p).detach(), mask)
        (gradient,) = torch.autograd.grad(loss, table)
        total += gradient * log_p.sum().exp().detach()
    return total


@exercise("policy_gradient_loss")
def test_on_average_it_climbs_the_expected_reward(student, rng):
    # All 9 responses of two tokens behind token 0: the expected reward and its slope can be written down.
    table, rewards = normal(rng, 3, 3), normal(rng, 9)
    pairs = torch.cartesian_prod(torch.arange(3), torch.arange(3))
    sequences = torch.cat([torch.zeros(9, 1, dtype=torch.int64), pairs], dim=1)
    seen = student.run(expected_gradient, table, sequences, rewards)
    exact = table.double().requires_grad_()
    log_p = exact.log_softmax(dim=-1)
    probability = (log_p[0, pairs[:, 0]] + log_p[pairs[:, 0], pairs[:, 1]]).exp()
    (slope,) = torch.autograd.grad((probability * rewards.double()).sum(), exact)
    slope = slope.float() / 2  # the loss is a mean over two tokens
    expect_close(
        seen,
        -slope,
        what="Its gradient, on average over every response,",
        mistakes={"It walks down the expected reward instead of up.": slope},
        advice="On average the gradient is minus the slope of the expected reward, divided by the number of tokens.",
        **FP32,
    )


# --- ppo_clip_loss --------------------------------------------------------------------------------------------------


def clipped(ratio, advantages, clip):
    """The objective of each token."""
    return torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages)


def clip_mistakes(logp, logp_old, advantages, mask, clip):
    """What known mistakes give."""
    ratio, count = (logp - logp_old).exp(), mask.sum()

    def loss(objective):
        return -(objective * mask).sum() / count

    right = loss(clipped(ratio, advantages, clip))
    bounded = ratio.clamp(1 - clip, 1 + clip)
    real = advantages[mask == 1]
    whitened = (advantages - real.mean()) / (real.std() if len(real) > 1 else 1.0)
    sequence = (((logp - logp_old) * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)).exp()[:, None].expand_as(ratio)
    return {
        **masked_means(-clipped(ratio, advantages, clip), mask, right),
        "It takes the larger of the two terms; the smaller one is the cautious one.": loss(
            torch.maximum(ratio * advantages, bounded * advantages)
        ),
        "The ratio is inverted: it is new over old.": loss(clipped(1 / ratio, advantages, clip)),
        "The ratio is clipped from above only.": loss(
            torch.minimum(ratio * advantages, ratio.clamp(max=1 + clip) * advantages)
        ),
        "The ratio is clipped from below only.": loss(
            torch.minimum(ratio * advantages, ratio.clamp(min=1 - clip) * advantages)
        ),
        "The exp is missing: that is the log-ratio, not the ratio.": loss(clipped(logp - logp_old, advantages, clip)),
        "Only the clipped term is used; a token that moved the wrong way gets no gradient.": loss(bounded * advantages),
        "Nothing is clipped.": loss(ratio * advantages),
        "The log-ratio is clipped instead of the ratio.": loss(
            torch.minimum(ratio * advantages, (logp - logp_old).clamp(-clip, clip).exp() * advantages)
        ),
        "The minimum is taken of the ratios, before the advantage is multiplied in.": loss(
            torch.minimum(ratio, bounded) * advantages
        ),
        "The product of ratio and advantage is clipped instead of the ratio.": loss(
            torch.minimum(ratio * advantages, (ratio * advantages).clamp(1 - clip, 1 + clip))
        ),
        "clip is not used: it is 0.2 whatever is asked for.": loss(clipped(ratio, advantages, 0.2)),
        "The ratio is clamped between -clip and clip; it lies around 1.": loss(
            torch.minimum(ratio * advantages, ratio.clamp(-clip, clip) * advantages)
        ),
        "It rescales the advantages; they are to be used as they come.": loss(clipped(ratio, whitened, clip)),
        "The ratio is that of the whole response; each token has its own.": loss(clipped(sequence, advantages, clip)),
        "The old policy is ignored: every ratio is 1.": loss(advantages),
        "It is the policy gradient without a ratio.": loss(logp * advantages),
        "The mask is inverted.": -(clipped(ratio, advantages, clip) * (1 - mask)).sum() / (1 - mask).sum().clamp(min=1),
    }


@exercise("ppo_clip_loss")
def test_the_docstrings_clip(student):
    logp, logp_old, mask = torch.tensor([[math.log(1.5)]]), torch.zeros(1, 1), torch.ones(1, 1, dtype=torch.int64)
    signs = [torch.tensor([[1.0]]), torch.tensor([[-1.0]])]
    good, bad = (clip_mistakes(logp, logp_old, advantages, mask, 0.2) for advantages in signs)
    expect_close(
        [student.ppo_clip_loss(logp, logp_old, advantages, mask, 0.2) for advantages in signs],
        [torch.tensor(-1.2), torch.tensor(1.5)],
        what="The docstring's loss, for advantages 1 and -1,",
        mistakes={sentence: [good[sentence], bad[sentence]] for sentence in good if sentence in bad},
        **FP32,
    )


def moved(rng, rows, columns, clip):
    """Old log-probabilities, and new ones whose ratios lie below, inside and above the clip, never near its edges."""
    logp_old = log_probs(rng, rows, columns)
    region = torch.randint(0, 3, (rows, columns), generator=rng)
    inside = torch.rand(rows, columns, generator=rng)  # 0 to 1
    ratio = torch.where(region == 0, (1 - clip) * (0.3 + 0.5 * inside), 1 + clip * (1.6 * inside - 0.8))
    ratio = torch.where(region == 2, (1 + clip) * (1.2 + inside), ratio)
    return logp_old, logp_old + ratio.log()


def both_ways(rng, rows, columns):
    """Advantages of both signs, none of them near 0."""
    sign = 2 * torch.randint(0, 2, (rows, columns), generator=rng) - 1
    return sign * (0.5 + torch.rand(rows, columns, generator=rng))


def ppo_case(rng, lengths=(6, 9, 4), columns=12):
    """A batch in which every region of the ratio meets both signs."""
    clip = 0.1 + 0.05 * float(torch.rand((), generator=rng))
    mask = response_mask(rng, lengths, columns)
    logp_old, logp = moved(rng, *mask.shape, clip)
    advantages = both_ways(rng, *mask.shape)
    places = mask.nonzero()
    for number in range(6):  # one of each, whatever the draw
        row, column = places[number].tolist()
        ratio = ((1 - clip) / 2, 1 + clip / 2, 2 * (1 + clip))[number % 3]
        logp[row, column] = logp_old[row, column] + math.log(ratio)
        advantages[row, column] = (0.8, -0.7)[number // 3]
    return logp, logp_old, advantages, mask, clip


@exercise("ppo_clip_loss")
def test_clipping_in_every_region(student, rng):
    logp, logp_old, advantages, mask, clip = case = ppo_case(rng)
    right = -(clipped((logp - logp_old).exp(), advantages, clip) * mask).sum() / mask.sum()
    expect_close(student.ppo_clip_loss(*case), right, what="The clipped loss", mistakes=clip_mistakes(*case), **FP32)


@exercise("ppo_clip_loss")
def test_where_the_clip_lets_gradients_through(student, rng):
    logp, logp_old, advantages, mask, clip = case = ppo_case(rng)
    seen = student.run(with_gradients, "ppo_clip_loss", list(case), [0, 1, 2], torch.tensor(1.0))
    expect_graph(seen)
    expect_no_gradient(seen["gradients"][1], "A gradient flows into the old log-probabilities, which are data.")
    expect_no_gradient(seen["gradients"][2], "A gradient flows into the advantages, which are data.")
    ratio, count = (logp - logp_old).exp(), mask.sum()
    flat = ((advantages > 0) & (ratio > 1 + clip)) | ((advantages < 0) & (ratio < 1 - clip))
    slope = -advantages * ratio * mask / count
    expect_close(
        seen["gradients"][0],
        slope * ~flat,
        what="The gradient in the log-probabilities",
        mistakes={
            "Nothing is clipped.": slope,
            "Only the clipped term is used; a token that moved the wrong way gets no gradient.": slope
            * ((ratio > 1 - clip) & (ratio < 1 + clip)),
            "It takes the larger of the two terms; the smaller one is the cautious one.": slope
            * (flat | ((ratio > 1 - clip) & (ratio < 1 + clip))),
            "The ratio is clipped from above only.": slope * ~((advantages > 0) & (ratio > 1 + clip)),
        },
        advice="Flat only where a token has moved far enough in the direction that pays.",
        **FP32,
    )


@exercise("ppo_clip_loss")
def test_before_the_first_update_it_is_the_policy_gradient(student, rng):
    mask = response_mask(rng, (3, 5), 8)
    logp, advantages = log_probs(rng, 2, 8), both_ways(rng, 2, 8)
    seen = student.run(
        with_gradients, "ppo_clip_loss", [logp, logp.clone(), advantages, mask, 0.2], [0], torch.tensor(1.0)
    )
    expect_graph(seen)
    expect_close(
        seen["gradients"][0],
        -advantages * mask / mask.sum(),
        what="The gradient while new and old policy agree",
        mistakes={"The ratio is inverted: it is new over old.": advantages * mask / mask.sum()},
        advice="While every ratio is 1, the gradient is that of policy_gradient_loss.",
        **FP32,
    )


# --- dpo_loss -------------------------------------------------------------------------------------------------------


def dpo_right(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta):
    """Loss and implicit rewards, pair by pair."""
    chosen, rejected = beta * (policy_chosen - ref_chosen), beta * (policy_rejected - ref_rejected)
    return bradley_terry(chosen - rejected).mean().float(), chosen, rejected


def dpo_mistakes(policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta):
    """What known mistakes do to the loss."""
    ahead = (policy_chosen - ref_chosen) - (policy_rejected - ref_rejected)
    policy, reference = policy_chosen - policy_rejected, ref_chosen - ref_rejected

    def loss(difference):
        return bradley_terry(difference).mean().float()

    right = bradley_terry(beta * ahead).float()
    return {
        "beta is missing.": loss(ahead),
        "beta stands outside the logsigmoid.": beta * loss(ahead),
        "beta divides instead of multiplying.": loss(ahead / beta),
        "beta multiplies the policy's part only.": loss(beta * policy - reference),
        "The reference is ignored.": loss(beta * policy),
        "The policy is ignored.": loss(-beta * reference),
        "chosen and rejected are the wrong way round.": loss(-beta * ahead),
        "The reference is added; it must be subtracted.": loss(beta * (policy + reference)),
        "There is no logsigmoid: the plain difference can grow for ever.": -(beta * ahead).mean(),
        "The logarithm is missing.": -torch.sigmoid(beta * ahead).mean(),
        "The sign is wrong: it falls when the preferred response loses.": -right.mean(),
        "It adds the pairs up instead of averaging them.": right.sum(),
        "It returns one loss per pair; the loss is their mean.": right,
        "That is IPO's squared loss, not -log sigmoid.": ((ahead - 1 / (2 * beta)) ** 2).mean(),
        "That is a hinge loss, not -log sigmoid.": (1 - beta * ahead).clamp(min=0).mean(),
        "It compares probabilities; log-probabilities are to be subtracted.": loss(
            beta * (policy_chosen.exp() / ref_chosen.exp() - policy_rejected.exp() / ref_rejected.exp())
        ),
        "Each response is judged on its own; only the difference counts.": (
            bradley_terry(beta * (policy_chosen - ref_chosen)) + bradley_terry(-beta * (policy_rejected - ref_rejected))
        )
        .mean()
        .float(),
        "The reference is the wrong way round.": loss(beta * (policy - (ref_rejected - ref_chosen))),
    }


def expect_dpo(got, case, what):
    if not isinstance(got, (tuple, list)) or len(got) != 3:
        fail("It must return three things: loss, chosen rewards, rejected rewards.")
    loss, chosen, rejected = dpo_right(*case)
    expect_close(
        got[0],
        loss,
        what=f"The loss of {what}",
        mistakes=dpo_mistakes(*case),
        advice="Equation 7 of the paper.",
        **FP32,
    )
    policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta = case
    bare = {
        "The rewards lack beta.": policy_chosen - ref_chosen,
        "The rewards lack the reference.": beta * policy_chosen,
    }
    expect_close(
        got[1],
        chosen,
        what=f"The chosen rewards of {what}",
        mistakes={
            "The rewards come in the wrong order: chosen first.": rejected,
            "The rewards are averaged; every response has its own.": chosen.mean(),
            "The rewards have the wrong sign.": -chosen,
            "The rewards are the policy's log-probabilities.": policy_chosen,
            **bare,
        },
        **FP32,
    )
    expect_close(
        got[2],
        rejected,
        what=f"The rejected rewards of {what}",
        mistakes={
            "The rejected reward is negated; the difference is taken in the loss.": -rejected,
            "The rewards lack beta.": policy_rejected - ref_rejected,
        },
        **FP32,
    )


@exercise("dpo_loss")
def test_the_docstrings_dpo(student):
    numbers = [torch.tensor([one]) for one in (-10.0, -9.0, -12.0, -8.0)]
    expect_dpo(student.dpo_loss(*numbers, 0.1), (*numbers, 0.1), "the docstring's pair")


def dpo_case(rng, pairs):
    """Log-probabilities of responses of different lengths, and a beta."""
    reference = -10 * torch.rand(2, pairs, generator=rng) - 2
    policy = reference + 2 * normal(rng, 2, pairs)
    return (*policy, *reference, 0.2 + 0.3 * float(torch.rand((), generator=rng)))


@exercise("dpo_loss")
def test_dpo_of_a_batch(student, rng):
    case = dpo_case(rng, 5)
    expect_dpo(student.dpo_loss(*case), case, "five pairs")


@exercise("dpo_loss")
def test_policy_equal_to_reference_gives_ln_2(student, rng):
    chosen, rejected = dpo_case(rng, 4)[2:4]
    case = (chosen, rejected, chosen.clone(), rejected.clone(), 0.3)
    expect_dpo(student.dpo_loss(*case), case, "a policy that equals the reference")


@exercise("dpo_loss")
def test_dpo_gradient(student, rng):
    case = dpo_case(rng, 3)
    seen = student.run(with_gradients, "dpo_loss", list(case), [0, 1], torch.tensor(1.0))
    expect_graph(seen)
    # The paper's section 4: beta · sigmoid(rejected reward - chosen reward), up for chosen and down for rejected.
    policy_chosen, policy_rejected, ref_chosen, ref_rejected, beta = case
    ahead = beta * ((policy_chosen - ref_chosen) - (policy_rejected - ref_rejected))
    weight = beta * torch.sigmoid(-ahead) / 3
    sentence = "Its gradient is not the one of the paper: beta · sigmoid(rejected reward - chosen reward)."
    for gradient, right in zip(seen["gradients"], (-weight, weight), strict=True):
        if gradient is None or (gradient - right).abs().max() > 1e-4:
            fail(sentence, expected=right, got=gradient)


@probe
def dpo_rewards_graph(lesson, *case):
    """Whether the rewards have a graph."""
    leaves = [one.requires_grad_() for one in case[:2]]
    _, chosen, rejected = lesson.dpo_loss(*leaves, *case[2:])
    return {"graph": chosen.requires_grad or rejected.requires_grad, "rewards": [chosen.detach(), rejected.detach()]}


@exercise("dpo_loss")
def test_implicit_rewards_are_data(student, rng):
    case = dpo_case(rng, 2)
    seen = student.run(dpo_rewards_graph, *case)
    if seen["graph"]:
        fail("The rewards have a graph; they are for looking at, so detach them.")
    expect_close(seen["rewards"], list(dpo_right(*case)[1:]), what="The implicit rewards", **FP32)


# --- group_advantages -----------------------------------------------------------------------------------------------

# A constant up to 1e-4 beside a standard deviation of 0.5 or more moves things by 2e-4; mistakes by 0.01 or more.
GROUPS = {"rtol": 1e-3, "atol": 1e-3}


def by_group(rewards, size):
    """Group by group; the standard deviation with n - 1."""
    found = []
    for start in range(0, len(rewards), size):
        group = rewards[start : start + size].double()
        mean = group.sum() / size
        spread = math.sqrt(((group - mean) ** 2).sum() / max(size - 1, 1))
        equal = group.max() == group.min()
        found += [0.0 if equal else float((one - mean) / spread) for one in group]
    return torch.tensor(found)


def group_mistakes(rewards, size):
    """What known mistakes give."""
    groups = rewards.reshape(-1, size)
    mean = groups.mean(dim=1, keepdim=True)
    spread = groups.std(dim=1, keepdim=True) if size > 1 else torch.ones_like(mean)
    spread = torch.where(groups.amax(1, keepdim=True) == groups.amin(1, keepdim=True), 1.0, spread)
    few = groups.std(dim=1, keepdim=True, correction=0)
    few = torch.where(few < 1e-6, 1.0, few)
    others = (groups.sum(dim=1, keepdim=True) - groups) / max(size - 1, 1)
    interleaved = rewards.reshape(size, -1)
    gap = groups.amax(dim=1, keepdim=True) - groups.amin(dim=1, keepdim=True)
    found = {
        "It standardises over the whole batch instead of within each group.": (rewards - rewards.mean())
        / rewards.std(),
        "The mean is the batch's; each group has its own.": ((groups - rewards.mean()) / spread).reshape(-1),
        "The standard deviation is the batch's; each group has its own.": ((groups - mean) / rewards.std()).reshape(-1),
        "It is not divided by the standard deviation.": (groups - mean).reshape(-1),
        "The mean is not subtracted.": (groups / spread).reshape(-1),
        "It divides by the variance instead of the standard deviation.": ((groups - mean) / spread**2).reshape(-1),
        "The standard deviation is taken with n; here it is with n - 1.": ((groups - mean) / few).reshape(-1),
        "Each response is compared with the mean of the others, itself left out.": ((groups - others) / spread).reshape(
            -1
        ),
        "The groups are put together wrongly: responses to one prompt stand one behind the other.": (
            (interleaved - interleaved.mean(dim=0)) / interleaved.std(dim=0).clamp(min=1e-6)
        ).reshape(-1)
        if size > 1
        else rewards,
        "It divides by the range instead of the standard deviation.": ((groups - mean) / gap.clamp(min=1e-6)).reshape(
            -1
        ),
        "It returns a row per group; one advantage per response, (B,), is wanted.": by_group(rewards, size).reshape(
            -1, size
        ),
        "The sign is wrong: the best response gets the lowest advantage.": -by_group(rewards, size),
        "It subtracts the best reward of the group instead of the mean.": (
            (groups - groups.amax(dim=1, keepdim=True)) / spread
        ).reshape(-1),
        "It subtracts the median of the group instead of the mean.": (
            (groups - groups.median(dim=1, keepdim=True).values) / spread
        ).reshape(-1),
    }
    return found


@exercise("group_advantages")
def test_the_docstrings_groups(student):
    rewards = torch.tensor([1.0, 0, 3, 3, 2, 6])
    got = student.group_advantages(rewards, 2)
    if isinstance(got, torch.Tensor) and not torch.isfinite(got).all():
        fail(
            "A group with equal rewards is divided by its standard deviation of 0.",
            expected=by_group(rewards, 2),
            got=got,
        )
    half = math.sqrt(0.5)
    expect_close(
        got,
        torch.tensor([half, -half, 0, 0, -half, half]),
        what="The docstring's advantages",
        mistakes=group_mistakes(rewards, 2),
        **GROUPS,
    )


def apart(rng, groups, size):
    """Rewards with a standard deviation of 0.5 or more in every group, and groups far from each other."""
    ladder = torch.stack([torch.randperm(size, generator=rng) for _ in range(groups)]).float()
    return (ladder + 0.3 * torch.rand(groups, size, generator=rng) + 5 * normal(rng, groups, 1)).reshape(-1)


@exercise("group_advantages")
def test_groups_of_any_size(student, rng):
    for groups, size in ((3, 4), (2, 5), (4, 3)):
        rewards = apart(rng, groups, size)
        expect_close(
            student.group_advantages(rewards, size),
            by_group(rewards, size),
            what="The advantages",
            mistakes=group_mistakes(rewards, size),
            advice="rewards.reshape(-1, group_size) has a group in each row.",
            **GROUPS,
        )


@exercise("group_advantages")
def test_scale_and_shift_of_a_group_do_not_matter(student, rng):
    rewards = apart(rng, 3, 4)
    other = (
        rewards.reshape(3, 4) * torch.tensor([[2.0], [3.0], [5.0]]) + torch.tensor([[4.0], [-2.0], [9.0]])
    ).reshape(-1)
    expect_close(
        student.group_advantages(other, 4),
        by_group(rewards, 4),
        what="The advantages after each group was scaled and shifted",
        mistakes=group_mistakes(other, 4),
        advice="Only how a response compares within its group counts.",
        **GROUPS,
    )


@exercise("group_advantages")
def test_equal_rewards_teach_nothing(student, rng):
    rewards = apart(rng, 4, 3)
    rewards[3:6], rewards[6:9] = 1.0, 0.0  # all right, all wrong: the program that verifies says so
    got = student.group_advantages(rewards, 3)
    if isinstance(got, torch.Tensor) and not torch.isfinite(got).all():
        fail("A group with equal rewards is divided by its standard deviation of 0.", got=got)
    expect_close(
        got,
        by_group(rewards, 3),
        what="The advantages with groups of equal rewards",
        mistakes=group_mistakes(rewards, 3),
        **GROUPS,
    )


# --- grpo_loss ------------------------------------------------------------------------------------------------------


def grpo_mistakes(logp, logp_old, advantages, mask, clip):
    """What known mistakes give."""
    full = advantages[:, None].expand_as(logp)
    rows, last = torch.arange(len(mask)), (torch.arange(mask.shape[1]) * mask).amax(dim=1)
    only_last = torch.zeros_like(logp)
    only_last[rows, last] = advantages
    whitened = ((advantages - advantages.mean()) / advantages.std())[:, None].expand_as(logp)
    return {
        **clip_mistakes(logp, logp_old, full, mask, clip),
        "Only the last token of a response gets its advantage; all of them do.": clip_mistakes_right(
            logp, logp_old, only_last, mask, clip
        ),
        "The advantages are standardised once more.": clip_mistakes_right(logp, logp_old, whitened, mask, clip),
        "The advantage is shared out among the tokens; each gets all of it.": clip_mistakes_right(
            logp, logp_old, full / mask.sum(dim=1, keepdim=True).clamp(min=1), mask, clip
        ),
    }


def clip_mistakes_right(logp, logp_old, advantages, mask, clip):
    """The right clipped loss for these advantages."""
    return -(clipped((logp - logp_old).exp(), advantages, clip) * mask).sum() / mask.sum()


@exercise("grpo_loss")
def test_the_docstrings_grpo(student):
    zeros, advantages, mask = torch.zeros(2, 3), torch.tensor([1.0, -1.0]), torch.tensor([[1, 1, 1], [1, 0, 0]])
    expect_close(
        student.grpo_loss(zeros, zeros.clone(), advantages, mask, 0.2),
        torch.tensor(-0.5),
        what="The docstring's loss",
        mistakes=grpo_mistakes(zeros, zeros, advantages, mask, 0.2),
        **FP32,
    )


@exercise("grpo_loss")
def test_grpo_of_a_batch(student, rng):
    logp, logp_old, _, mask, clip = ppo_case(rng)
    advantages = torch.tensor([1.1, -0.7, 0.4])[torch.randperm(3, generator=rng)]
    case = (logp, logp_old, advantages, mask, clip)
    seen = student.run(with_gradients, "grpo_loss", list(case), [0, 2], torch.tensor(1.0))
    full = advantages[:, None].expand_as(logp)
    expect_close(
        seen["value"],
        clip_mistakes_right(logp, logp_old, full, mask, clip),
        what="The loss",
        mistakes=grpo_mistakes(*case),
        advice="Every token of a response has the response's advantage; every token of the batch counts the same.",
        **FP32,
    )
    expect_graph(seen)
    expect_no_gradient(seen["gradients"][1], "A gradient flows into the advantages, which are data.")
    ratio = (logp - logp_old).exp()
    flat = ((full > 0) & (ratio > 1 + clip)) | ((full < 0) & (ratio < 1 - clip))
    expect_close(
        seen["gradients"][0],
        -full * ratio * mask * ~flat / mask.sum(),
        what="The gradient in the log-probabilities",
        **FP32,
    )


# --- sample_responses -----------------------------------------------------------------------------------------------


@probe
def sampled(lesson, table, prompts, max_new_tokens, stop_id, seeds, training, dropout):
    """Responses of a table of logits, once per seed of the generator (None: the global one), and what it left."""
    from types import SimpleNamespace

    class Table(nn.Module):
        def __init__(self):
            super().__init__()
            self.table, self.dropout = nn.Parameter(table.clone()), nn.Dropout(dropout)

        def forward(self, input_ids, attention_mask=None, **more):
            return SimpleNamespace(logits=self.dropout(self.table)[input_ids])

    model = Table().train(training)
    found = []
    for seed in seeds:
        generator = None if seed is None else torch.Generator().manual_seed(seed)
        found.append(lesson.sample_responses(model, prompts, max_new_tokens, stop_id, generator))
    return {"found": found, "training": model.training, "grad": torch.is_grad_enabled()}


def chain(following, start, stop_id, most):
    """What a model says that is sure of what follows each token."""
    said = []
    while len(said) < most and (not said or said[-1] != stop_id):
        start = following[start]
        said.append(start)
    return said


def sure(following, vocabulary):
    """Logits of a model that is sure of what follows each token."""
    table = torch.zeros(vocabulary, vocabulary)
    for token, after in enumerate(following):
        table[token, after] = 60.0
    return table


# 0 → 1 → 2 → 5 (stop); 3 → 4 → 3 → ... for ever; 5 (the stop id, inside a prompt) → 0; 6 → 5
FOLLOWING = [1, 2, 5, 4, 3, 0, 5]


@exercise("sample_responses")
def test_responses_end_each_in_its_place(student, rng):
    prompts = torch.tensor([[6, 0], [0, 3], [5, 2], [1, 5], [4, 6]])[torch.randperm(5, generator=rng)]
    starts = prompts[:, -1].tolist()
    right = [chain(FOLLOWING, start, 5, 6) for start in starts]
    seen = student.run(sampled, sure(FOLLOWING, 7), prompts, 6, 5, [0], True, 0.0)
    (got,) = seen["found"]
    if not isinstance(got, list) or not all(isinstance(row, list) for row in got):
        fail("It must return a list with a list of ids for each row.", got=type(got).__name__)
    shortest = min(map(len, right))
    endless = [chain(FOLLOWING, start, None, 6) for start in starts]
    expect_equal(
        got,
        right,
        what="What a model that is sure of everything says",
        mistakes={
            "The prompt is returned with the response.": [
                [*prompt, *row] for prompt, row in zip(prompts.tolist(), right, strict=True)
            ],
            "All rows end when the first one does.": [row[:shortest] for row in right],
            "The stop id that ends a response is left out.": [row[:-1] if row[-1] == 5 else row for row in right],
            "A row that has ended goes on.": endless,
            "A stop id inside the prompt ends the response.": [
                [] if 5 in prompt else row for prompt, row in zip(prompts.tolist(), right, strict=True)
            ],
            "It goes on one token too long.": [chain(FOLLOWING, start, 5, 7) for start in starts],
            "It ends one token too early.": [row[:5] for row in right],
            "The first new token of each row is lost.": [row[1:] for row in right],
        },
        advice="Each row has a list of its own, which takes no more once it ends in stop_id.",
    )


@exercise("sample_responses")
def test_draws_follow_the_models_distribution(student, rng):
    # 15 times 60 rows, one token each. Six standard deviations of a count, 6 · sqrt(900 · p · (1 - p)), are passed less
    # than once in 10**8 times.
    probabilities = torch.tensor([0.5, 0.25, 0.15, 0.1])[torch.randperm(4, generator=rng)]
    table = torch.zeros(4, 4)
    table[2] = probabilities.log() + 1.5
    seeds = torch.randint(0, 1 << 30, (15,), generator=rng).tolist()
    seen = student.run(sampled, table, torch.full((60, 1), 2), 1, 3, seeds, False, 0.0)
    draws = [[row[0] for row in batch] for batch in seen["found"]]
    tokens = [token for batch in draws for token in batch]
    counts = torch.tensor([tokens.count(token) for token in range(4)])
    shown = {"expected": 900 * probabilities, "got": counts}
    if counts[probabilities.argmax()] == 900:
        fail("It always takes the likeliest token instead of drawing.", **shown)
    if all(len(set(batch)) == 1 for batch in draws):
        fail("Every row gets the same draw.", **shown)
    if (counts == 0).any():
        fail("Some tokens are never drawn: every token has its chance.", **shown)
    tolerance = 6 * (900 * probabilities * (1 - probabilities)).sqrt()
    if (counts - 900 * probabilities).abs().gt(tolerance).any():
        flat = (counts - 225).abs().max() < 80
        fail(
            "It draws without looking at the probabilities."
            if flat
            else "The draws do not follow the model's own distribution (temperature 1).",
            **shown,
        )


@exercise("sample_responses")
def test_the_generator_decides(student, rng):
    table, prompts = 0.5 * normal(rng, 6, 6), ids(rng, 6, 8, 2)
    table[:, 5] = -30.0
    never = torch.randint(5, (6,), generator=rng).tolist()  # what never follows each token
    table[range(6), never] = -30.0
    seeds = [3, 3, 4, None, None]
    first, again, other, loose, looser = student.run(sampled, table, prompts, 6, 5, seeds, False, 0.0)["found"]
    if first != again:
        fail("The generator is not used: the same seed gives different responses.")
    if first == other:
        fail("Different generators give the same responses: something is seeded inside.")
    if loose == looser:
        fail("Without a generator two calls give the same responses: something is seeded inside.")
    for batch in (first, other, loose, looser):
        for prompt, row in zip(prompts.tolist(), batch, strict=True):
            if len(row) != 6 or any(after == never[token] for token, after in zip([*prompt[1:], *row], row)):  # noqa: B905
                fail("The responses hold what the model never says.")


@exercise("sample_responses")
def test_sampling_leaves_no_trace(student, rng):
    prompts = torch.tensor([[6, 0], [0, 3], [5, 2], [1, 4], [2, 6]])[torch.randperm(5, generator=rng)]
    right = [chain(FOLLOWING, start, 5, 4) for start in prompts[:, -1].tolist()]
    seen = student.run(sampled, sure(FOLLOWING, 7), prompts, 4, 5, [0], True, 0.5)
    if seen["found"][0] != right:
        fail("Dropout is on while the model responds.", expected=right, got=seen["found"][0])
    if not seen["training"]:
        fail("The model is left in eval mode; it came in train mode.")
    if not seen["grad"]:
        fail("Gradients stay switched off for everybody after the call.")
    if student.run(sampled, sure(FOLLOWING, 7), prompts, 4, 5, [0], False, 0.5)["training"]:
        fail("The model is left in train mode; it came in eval mode.")


# --- rlhf_step ------------------------------------------------------------------------------------------------------


@probe
def rlhf_run(lesson, tables, prompts, settings, dropout, modes, as_function):
    """One step with tables of logits for policy and reference and a weight per token for the judge."""
    from types import SimpleNamespace

    class Table(nn.Module):
        def __init__(self, table):
            super().__init__()
            self.table, self.dropout = nn.Parameter(table.clone()), nn.Dropout(dropout)

        def forward(self, input_ids, attention_mask=None, **more):
            return SimpleNamespace(logits=self.dropout(self.table)[input_ids])

    class Judge(Table):
        def forward(self, input_ids, attention_mask):
            judged.append([input_ids.clone(), attention_mask.clone()])
            return (self.dropout(self.table)[input_ids] * attention_mask).sum(dim=1)

    judged = []
    policy, reference, judge = Table(tables[0]), Table(tables[1]), Judge(tables[2])
    models = (policy, reference, judge)
    for model, mode in zip(models, modes, strict=True):
        model.train(mode)
    policy.table.grad = torch.full_like(tables[0], 7.0)  # left over from before
    optimizer = torch.optim.SGD([policy.table], lr=settings["rate"])
    generator = torch.Generator().manual_seed(settings["seed"])
    metrics = lesson.rlhf_step(
        policy,
        reference,
        (lambda input_ids, attention_mask: judge(input_ids, attention_mask)) if as_function else judge,
        prompts,
        optimizer,
        beta=settings["beta"],
        max_new_tokens=settings["most"],
        stop_id=settings["stop"],
        clip=settings["clip"],
        updates=settings["updates"],
        generator=generator,
    )
    return {
        "metrics": metrics,
        "judged": judged,
        "tables": [model.table for model in models],
        "gradients": [model.table.grad for model in models[1:]],
        "trainable": [model.table.requires_grad for model in models],
        "modes": [model.training for model in models],
    }


class Loop:
    """The right step on tables, from the responses that were sampled; `simulate` also takes it apart wrongly."""

    def __init__(self, rng, updates=1, vocabulary=6, rows=7, most=5, clip=0.15):
        self.tables = [
            normal(rng, vocabulary, vocabulary),
            normal(rng, vocabulary, vocabulary),
            normal(rng, vocabulary),
        ]
        self.prompts = ids(rng, vocabulary, rows, 3)
        self.settings = {
            "seed": whole(rng, 0, 1 << 30),
            "beta": 0.3,
            "most": most,
            "stop": vocabulary - 1,
            "clip": clip,
            "updates": updates,
            "rate": 0.5,
        }

    def run(self, student, dropout=0.0, modes=(False, False, False), as_function=False):
        self.modes = list(modes)
        self.seen = student.run(rlhf_run, self.tables, self.prompts, self.settings, dropout, list(modes), as_function)
        self.check_shape()
        return self.seen

    def check_shape(self):
        """The dict of metrics, and responses that could have been sampled."""
        metrics, names = self.seen["metrics"], {"loss", "reward", "kl", "response_length", "responses"}
        if not isinstance(metrics, dict) or metrics.keys() != names:
            fail(
                "It must return a dict with exactly loss, reward, kl, response_length and responses.",
                got=repr(metrics)[:200],
            )
        if not all(isinstance(metrics[name], float) for name in names - {"responses"}):
            fail("The metrics must be plain floats.", got={name: type(metrics[name]).__name__ for name in metrics})
        responses, stop = metrics["responses"], self.settings["stop"]
        good = isinstance(responses, list) and len(responses) == len(self.prompts)
        for row in responses if good else []:
            ends = isinstance(row, list) and 0 < len(row) <= self.settings["most"] and stop not in row[:-1]
            good = good and ends and (row[-1] == stop or len(row) == self.settings["most"])
        if not good:
            fail(
                "responses must hold the new ids of every row, each ended by the stop id or by max_new_tokens.",
                got=responses,
            )

    def rows(self):
        """Each prompt with its response, and where the response begins."""
        return [
            (torch.tensor([*prompt, *response]), len(prompt))
            for prompt, response in zip(self.prompts.tolist(), self.seen["metrics"]["responses"], strict=True)
        ]

    def simulate(
        self,
        beta=None,
        baseline="mean",
        first=0,
        drop_last=0,
        sign=1.0,
        left_over=0.0,
        fresh_old=False,
        updates=None,
        clip=None,
        per="batch",
        scored=lambda row, start: row,
        standardised=False,
        to_go=False,
        only_last=False,
        unshifted=False,
    ):
        """The policy's table after the step, the loss and the other metrics. The keywords put mistakes in."""
        policy, ref, weights = (table.double() for table in self.tables)
        beta = self.settings["beta"] if beta is None else beta
        clip = self.settings["clip"] if clip is None else clip
        rows = self.rows()
        # the response's tokens: their places, and those before them, from which they are guessed
        spans = [torch.arange(start + first, len(row) - drop_last) for row, start in rows]
        scored_rows = rows
        if unshifted:  # the mask of input_ids cut to T - 1 columns: one token late, what follows the response with it
            shown = self.seen["judged"][-1][0]
            spans = [torch.arange(start + 1, min(len(row) + 1, shown.shape[1])) for row, start in rows]
            rows = [(tokens, start) for tokens, (_, start) in zip(shown, rows, strict=True)]

        def log_p(table):
            return [
                table.log_softmax(dim=-1)[row[span - 1], row[span]] for (row, _), span in zip(rows, spans, strict=True)
            ]

        scores = torch.stack([weights[scored(row, start)].sum() for row, start in scored_rows])
        paid = scores * torch.tensor(
            [len(span) > 0 for span in spans]
        )  # where nothing is left to pay it on, it is lost
        old, near = log_p(policy), log_p(ref)
        kl = torch.stack([(a - b).sum() for a, b in zip(old, near, strict=True)])
        returns = paid - beta * kl
        level = {"mean": returns.mean(), "none": 0.0, "others": (returns.sum() - returns) / (len(rows) - 1)}[baseline]
        advantages = (returns - level) * sign
        if standardised:
            advantages = advantages / returns.std()
        losses = []
        count = sum(len(span) for span in spans)
        left = torch.full_like(policy, left_over)
        for _ in range(self.settings["updates"] if updates is None else updates):
            policy = policy.detach().requires_grad_()
            now = log_p(policy)
            total = 0.0
            for place, (logp, advantage) in enumerate(zip(now, advantages, strict=True)):
                then = logp.detach() if fresh_old else old[place]
                each = advantage.expand(len(logp))
                if to_go:
                    price = -beta * (old[place] - near[place])
                    each = price.flip(0).cumsum(0).flip(0) + scores[place] - returns.mean()
                if only_last:
                    each = torch.zeros(len(logp), dtype=logp.dtype)
                    each[-1:] = advantage
                objective = clipped((logp - then).exp(), each, clip)
                total = total + (objective.sum() / count if per == "batch" else objective.mean() / len(rows))
            loss = -total
            losses.append(loss.item())
            (gradient,) = torch.autograd.grad(loss, policy)
            left = left + gradient if left_over else gradient
            policy = policy - self.settings["rate"] * left
        return {
            "table": policy.detach().float(),
            "loss": sum(losses) / len(losses),
            "last_loss": losses[-1],
            "reward": scores.mean().item(),
            "kl": kl.mean().item(),
            "response_length": sum(len(row) - start for row, start in rows) / len(rows),
            "tokens": sum(len(row) for row, _ in rows) / len(rows),
            "returns": returns.mean().item(),
            "kl_per_token": (sum(one.item() for one in kl) / count),
        }

    def mistakes(self):
        """Sentence → the policy's table after a step with that mistake."""
        wrong = {
            "The gradient left over from before the call is not cleared.": {"left_over": 7.0},
            "There is no baseline: the mean return of the batch is not subtracted.": {"baseline": "none"},
            "The baseline leaves the response itself out; here it is the mean of the whole batch.": {
                "baseline": "others"
            },
            "KL is not in the return: beta does nothing.": {"beta": 0.0},
            "KL raises the return; it is a price.": {"beta": -self.settings["beta"]},
            "The prompt's tokens are trained on too.": {"first": -2},
            "The mask begins one column too late: the first token of the response is missing.": {"first": 1},
            "The mask begins one column too early: it takes the prompt's last token in.": {"first": -1},
            "The mask is that of the ids, one column late: entry t of the frame is about token t + 1.": {
                "unshifted": True
            },
            "clip is not used: it is 0.2 whatever is asked for.": {"clip": 0.2},
            "The last token of a response is left out, often the one that ends it.": {"drop_last": 1},
            "The step walks the wrong way: good responses become less likely.": {"sign": -1.0},
            "The advantages are divided by their standard deviation.": {"standardised": True},
            "It averages within each response first; here every token of the batch counts the same.": {
                "per": "response"
            },
            "Each token gets the rewards that come after it; here every token gets the whole return.": {"to_go": True},
            "Only the last token of a response learns.": {"only_last": True},
            "The judge sees the prompt only.": {"scored": lambda row, start: row[:start]},
            "The judge sees the response without its prompt.": {"scored": lambda row, start: row[start:]},
            "Nothing is clipped.": {"clip": 1e6},
        }
        if self.settings["updates"] > 1:
            wrong |= {
                "Only one update is made.": {"updates": 1},
                "The old log-probabilities are computed anew for every update, so every ratio is 1.": {
                    "fresh_old": True
                },
                "One update too many is made.": {"updates": self.settings["updates"] + 1},
            }
        found = {
            sentence: (lambda changes=changes: self.simulate(**changes)["table"]) for sentence, changes in wrong.items()
        }
        return {"The policy does not move: no step is taken.": self.tables[0], **found}

    def expect_untouched(self):
        seen = self.seen
        if not torch.equal(seen["tables"][1], self.tables[1]):
            fail("The reference's weights change.")
        if seen["gradients"][0] is not None:
            fail("The reference gets a gradient.")
        if not seen["trainable"][1]:
            fail("The reference's requires_grad is changed.")
        if not torch.equal(seen["tables"][2], self.tables[2]) or seen["gradients"][1] is not None:
            fail("The reward model gets a gradient.")
        if not seen["trainable"][0] or not seen["trainable"][2]:
            fail("requires_grad of the policy or of the reward model is changed.")

    def expect_judged(self):
        """The judge saw each prompt with its response, and nothing else that counts."""
        if not self.seen["judged"]:
            fail("The reward model is never asked.")
        input_ids, mask = self.seen["judged"][-1]
        shown = [tokens[real == 1].tolist() for tokens, real in zip(input_ids, mask, strict=True)]
        rows = [(row.tolist(), start) for row, start in self.rows()]
        if shown == [row for row, _ in rows]:
            return
        if shown == [row[:start] for row, start in rows]:
            fail("The judge sees the prompt only.")
        if shown == [row[start:] for row, start in rows]:
            fail("The judge sees the response without its prompt.")
        if shown == [row[:-1] for row, _ in rows]:
            fail("The judge does not see the last token of the response.")
        if all(seen[: len(row)] == row for seen, (row, _) in zip(shown, rows, strict=True)):
            fail("Padding behind a response is shown to the judge as if it were text.")
        fail("The judge must see prompt and response in one row, and the mask of both.")

    def expect(self):
        self.expect_untouched()
        self.expect_judged()
        right, metrics = self.simulate(), self.seen["metrics"]
        if metrics["kl"] == 0.0:
            fail("The policy stands in for the reference, so KL is always 0.", expected=right["kl"], got=0.0)
        expect_close(
            self.seen["tables"][0],
            right["table"],
            what="The policy after the step",
            mistakes=self.mistakes(),
            advice="Compare with the three points of the docstring, one after the other.",
            **FP32,
        )
        wrong = {
            "reward": {"reward has the KL in it; it is what the reward model said.": right["returns"]},
            "kl": {
                "kl is averaged over the tokens; it is the mean over responses of their sums.": right["kl_per_token"],
                "kl has the wrong sign: it is logp - logp_ref.": -right["kl"],
                "kl is added up over the batch; it is a mean over responses.": right["kl"] * len(self.prompts),
                "kl has beta in it.": right["kl"] * self.settings["beta"],
            },
            "response_length": {"response_length counts the prompt.": right["tokens"],
                                "response_length is max_new_tokens, not what was said.": float(self.settings["most"])},
            "loss": {"loss is the sum over the updates; it is their mean.": right["loss"] * self.settings["updates"],
                     "loss is that of the last update; it is the mean over the updates.": right["last_loss"],
                     "loss has the wrong sign.": -right["loss"]},
        }  # fmt: skip
        for name in ("reward", "kl", "response_length", "loss"):
            expect_close(metrics[name], right[name], what=f"The metric {name}", mistakes=wrong[name], **FP32)


@exercise("rlhf_step", points=2)
def test_generate_score_update(student, rng):
    loop = Loop(rng)
    loop.run(student)
    loop.expect()


@exercise("rlhf_step")
def test_several_updates_on_the_same_responses(student, rng):
    loop = Loop(rng, updates=3, rows=8, clip=0.05)
    loop.run(student)
    loop.expect()


@exercise("rlhf_step")
def test_no_dropout_and_every_mode_restored(student, rng):
    loop = Loop(rng)
    modes = [True, whole(rng, 0, 2) == 1, True]
    seen = loop.run(student, dropout=0.5, modes=modes)
    right, metrics = loop.simulate(), seen["metrics"]
    if abs(metrics["reward"] - right["reward"]) > 1e-3:
        fail("Dropout is on in the reward model.")
    if abs(metrics["kl"] - right["kl"]) > 1e-3:
        fail("Dropout is on when the log-probabilities are taken.")
    if (seen["tables"][0] - right["table"]).abs().max() > 1e-3:
        fail(
            "Dropout is on during the update, or the update is wrong without dropout too (other checks tell).",
            expected=right["table"],
            got=seen["tables"][0],
        )
    if seen["modes"] != modes:
        names = ("policy", "reference", "reward model")
        wrong = next(name for name, mode, was in zip(names, seen["modes"], modes, strict=True) if mode != was)
        fail(f"The {wrong} is left in another mode than it came in.", expected=modes, got=seen["modes"])


# --- dpo_step -------------------------------------------------------------------------------------------------------


@probe
def dpo_run(lesson, tables, batch, beta, rate, dropout, modes):
    """One step with tables of logits for policy and reference."""
    from types import SimpleNamespace

    class Table(nn.Module):
        def __init__(self, table):
            super().__init__()
            self.table, self.dropout = nn.Parameter(table.clone()), nn.Dropout(dropout)

        def forward(self, input_ids, attention_mask=None, **more):
            return SimpleNamespace(logits=self.dropout(self.table)[input_ids])

    policy, reference = Table(tables[0]).train(modes[0]), Table(tables[1]).train(modes[1])
    policy.table.grad = torch.full_like(tables[0], 7.0)  # left over from before
    optimizer = torch.optim.SGD([policy.table], lr=rate)
    metrics = lesson.dpo_step(policy, reference, batch, optimizer, beta)
    return {
        "metrics": metrics,
        "tables": [policy.table, reference.table],
        "gradient": reference.table.grad,
        "trainable": [policy.table.requires_grad, reference.table.requires_grad],
        "modes": [policy.training, reference.training],
    }


class Pairs:
    """A batch of pairs on tables, and the right step; `simulate` also takes it apart wrongly."""

    METRICS = ("loss", "chosen_reward", "rejected_reward", "win_rate", "chosen_length", "rejected_length")

    def __init__(self, rng, vocabulary=6, pairs=5, same=False):
        policy, reference = normal(rng, vocabulary, vocabulary), normal(rng, vocabulary, vocabulary)
        self.tables = [policy, policy.clone() if same else reference]
        self.beta, self.rate = 0.4, 0.8
        self.batch = {
            side: self.rows(rng, vocabulary, torch.randint(1, most, (pairs,), generator=rng).tolist(), most + 3)
            for side, most in (("chosen", 4), ("rejected", 7))
        }

    @staticmethod
    def rows(rng, vocabulary, lengths, columns):
        """A prompt of 2 to 3 tokens, a response, padding of noise."""
        input_ids = ids(rng, vocabulary, len(lengths), columns)
        mask, labels = torch.zeros_like(input_ids), torch.full_like(input_ids, -100)
        for row, length in enumerate(lengths):
            start = whole(rng, 2, 4)
            mask[row, : start + length] = 1
            labels[row, start : start + length] = input_ids[row, start : start + length]
        return {"input_ids": input_ids, "attention_mask": mask, "labels": labels}

    def run(self, student, dropout=0.0, modes=(False, False)):
        self.seen = student.run(dpo_run, self.tables, self.batch, self.beta, self.rate, dropout, list(modes))
        metrics = self.seen["metrics"]
        if not isinstance(metrics, dict) or metrics.keys() != set(self.METRICS):
            fail(f"It must return a dict with exactly {', '.join(self.METRICS)}.", got=repr(metrics)[:200])
        if not all(isinstance(value, float) for value in metrics.values()):
            fail("The metrics must be plain floats.", got={name: type(metrics[name]).__name__ for name in metrics})
        return self.seen

    def simulate(self, mean=False, reference=None, left_over=0.0, swap=False, labels="labels", beta=None, steps=1,
                 sign=1.0):  # fmt: skip
        """The policy's table after the step, and the metrics before it."""
        policy, ref = (table.double() for table in self.tables)
        ref = ref if reference is None else reference.double()
        beta = self.beta if beta is None else beta

        def log_p(table, side):
            rows = self.batch[side]
            target = rows["labels"]
            if labels == "input_ids":
                target = rows["input_ids"]
            elif labels == "attention_mask":
                target = rows["input_ids"].masked_fill(rows["attention_mask"] == 0, -100)
            is_token = target[:, 1:] != -100
            log_p = table.log_softmax(dim=-1)[rows["input_ids"][:, :-1], target[:, 1:].clamp(min=0)] * is_token
            return log_p.sum(dim=1) / (is_token.sum(dim=1).clamp(min=1) if mean else 1)

        for _ in range(steps):
            policy = policy.detach().requires_grad_()
            chosen, rejected = (beta * (log_p(policy, side) - log_p(ref, side)) for side in ("chosen", "rejected"))
            if swap:
                chosen, rejected = rejected, chosen
            loss = -torch.nn.functional.logsigmoid(sign * (chosen - rejected)).mean()
            (gradient,) = torch.autograd.grad(loss, policy)
            policy = policy - self.rate * (gradient + left_over)
        ahead = log_p(self.tables[0].double(), "chosen") > log_p(self.tables[0].double(), "rejected")
        return {
            "table": policy.detach().float(),
            "loss": loss.item(),
            "chosen_reward": chosen.mean().item(),
            "rejected_reward": rejected.mean().item(),
            "win_rate": (chosen > rejected).double().mean().item(),
            "no_loss_rate": (chosen >= rejected).double().mean().item(),
            "likelier": ahead.double().mean().item(),
            **{
                f"{side}_length": (self.batch[side]["labels"][:, 1:] != -100).double().sum(dim=1).mean().item()
                for side in self.batch
            },
        }

    def expect_untouched(self):
        seen = self.seen
        if not torch.equal(seen["tables"][1], self.tables[1]):
            fail("The reference's weights change.")
        if seen["gradient"] is not None:
            fail("The reference gets a gradient.")
        if not seen["trainable"][1]:
            fail("The reference's requires_grad is changed.")
        if not seen["trainable"][0]:
            fail("The policy's requires_grad is changed.")

    def expect(self):
        self.expect_untouched()
        right, metrics = self.simulate(), self.seen["metrics"]
        wrong = {
            "Log-probabilities are averaged over the length; they are summed.": {"mean": True},
            "The policy stands in for the reference, so all rewards are 0.": {"reference": self.tables[0]},
            "The gradient left over from before the call is not cleared.": {"left_over": 7.0},
            "chosen and rejected are the wrong way round.": {"swap": True},
            "Prompt and padding are counted: input_ids are taken as labels.": {"labels": "input_ids"},
            "The prompt is counted: the attention mask decides instead of the labels.": {"labels": "attention_mask"},
            "beta is not used: it is 0.1 whatever is asked for.": {"beta": 0.1},
            "beta is missing.": {"beta": 1.0},
            "Two steps are taken.": {"steps": 2},
        }
        after = {"simulate": None}

        def moved():
            """Metrics computed once more after the step."""
            if after["simulate"] is None:
                other = Pairs.__new__(Pairs)
                other.__dict__.update(self.__dict__, tables=[right["table"], self.tables[1]])
                after["simulate"] = other.simulate()
            return after["simulate"]

        expect_close(
            self.seen["tables"][0],
            right["table"],
            what="The policy after the step",
            mistakes={
                "The policy does not move: no step is taken.": self.tables[0],
                **{
                    text: (lambda changes=changes: self.simulate(**changes)["table"]) for text, changes in wrong.items()
                },
            },
            advice="Sum log-probabilities of the supervised tokens, under both models; dpo_loss; one step.",
            **FP32,
        )
        for name in self.METRICS:
            mistakes = {"The metrics are taken after the step; they belong before it.": lambda name=name: moved()[name]}
            if name == "win_rate":
                mistakes |= {
                    "win_rate compares the policy's log-probabilities; it must compare the implicit rewards.": (
                        right["likelier"]
                    ),
                    "win_rate counts ties as wins.": right["no_loss_rate"],
                    "win_rate is in percent; a fraction is wanted.": 100 * right["win_rate"],
                    "win_rate counts the pairs that are lost.": 1 - right["win_rate"],
                }
            if name.endswith("length"):
                side = self.batch[name.removesuffix("_length")]
                mistakes |= {
                    f"{name} counts the prompt.": side["attention_mask"].double().sum(dim=1).mean().item(),
                    f"{name} counts prompt and padding.": float(side["labels"].shape[1]),
                    f"{name} is added up over the batch; it is a mean.": right[name] * len(side["labels"]),
                }
            if name.endswith("reward"):
                mistakes |= {
                    f"{name} lacks beta.": right[name] / self.beta,
                    f"{name} is added up over the batch; it is a mean.": right[name]
                    * len(self.batch["chosen"]["labels"]),
                }
            expect_close(metrics[name], right[name], what=f"The metric {name}", mistakes=mistakes, **FP32)


@exercise("dpo_step", points=2)
def test_one_dpo_step(student, rng):
    pairs = Pairs(rng)
    pairs.run(student)
    pairs.expect()


@exercise("dpo_step")
def test_the_first_step_begins_at_ln_2(student, rng):
    pairs = Pairs(rng, same=True)
    pairs.run(student)
    pairs.expect()


@exercise("dpo_step")
def test_dpo_without_dropout_and_modes_restored(student, rng):
    pairs = Pairs(rng)
    modes = [True, whole(rng, 0, 2) == 1]
    seen = pairs.run(student, dropout=0.5, modes=modes)
    right, metrics = pairs.simulate(), seen["metrics"]
    names = ("loss", "chosen_reward", "rejected_reward")
    if any(abs(metrics[name] - right[name]) > 1e-3 for name in names):
        fail("Dropout is on when the responses are scored.")
    if seen["modes"] != modes:
        left = "policy" if seen["modes"][0] != modes[0] else "reference"
        fail(f"The {left} is left in another mode than it came in.", expected=modes, got=seen["modes"])


@exercise("dpo_step")
def test_the_reference_must_be_another_model(student, rng):
    with expect_error("ValueError", what="dpo_step with the policy as its own reference"):
        student.run(own_reference, "dpo_step", True)
    student.run(own_reference, "dpo_step", False)  # whoever refuses everything has not seen what is wrong


@probe
def own_reference(lesson, name, own):
    """A step whose reference is the policy object itself, or another one."""
    from types import SimpleNamespace

    class Table(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Parameter(torch.eye(4))

        def forward(self, input_ids, attention_mask=None, **more):
            return SimpleNamespace(logits=self.table[input_ids])

    policy = Table()
    reference = policy if own else Table().requires_grad_(False)
    optimizer = torch.optim.SGD(policy.parameters(), lr=0.1)
    rows = torch.tensor([[1, 2, 3], [3, 2, 1]])
    side = {"input_ids": rows, "attention_mask": torch.ones_like(rows), "labels": rows}
    if name == "dpo_step":
        lesson.dpo_step(policy, reference, {"chosen": side, "rejected": side}, optimizer, 0.1)
    else:
        lesson.rlhf_step(
            policy,
            reference,
            lambda ids, mask: mask.sum(1).float(),
            rows,
            optimizer,
            beta=0.1,
            max_new_tokens=2,
            stop_id=0,
        )


@exercise("rlhf_step")
def test_the_reference_of_rlhf_must_be_another_model(student, rng):
    with expect_error("ValueError", what="rlhf_step with the policy as its own reference"):
        student.run(own_reference, "rlhf_step", True)
    student.run(own_reference, "rlhf_step", False)
