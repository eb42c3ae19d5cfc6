"""Whether <|im_end|> is in the loss decides whether a model stops."""

from ._shared import END, EXAMPLES, MAX_NEW_TOKENS, as_chat, draw_bars, evaluate, questions, trainable, tune

CLAIM = "With the end token masked, a model learns the answers and never stops"
NEEDS = ("add_chat_tokens", "encode_chat", "collate_chats", "train_sft", "generate_reply")
COLUMNS = ("", "stops by itself", "begins with the right answer")


def measure(student, backbone, seed, track):
    asked = questions("test", 45, seed)
    stop_rate, begins_right = {}, {}
    for end_token in track(("supervised", "masked"), "tuning"):
        # Tune
        model, tokenizer = trainable(student, backbone)
        examples = [as_chat(student, tokenizer, row) for row in questions("train", EXAMPLES, seed)]
        if end_token == "masked":
            end = tokenizer.convert_tokens_to_ids(END)
            examples = [without_loss_on(one, end) for one in examples]
        tune(student, model, examples, seed)
        # Ask
        found = evaluate(student, model, tokenizer, asked)
        stop_rate[end_token], begins_right[end_token] = found["stopped"], found["begins_right"]
    return {"stop_rate": stop_rate, "begins_right": begins_right}


def without_loss_on(example, masked):
    """An encoded conversation in which one id is never supervised."""
    pairs = zip(example["input_ids"], example["loss_mask"], strict=True)
    return {**example, "loss_mask": [0 if token == masked else flag for token, flag in pairs]}


def rows(figures):
    for end_token in ("supervised", "masked"):
        shares = figures.stop_rate[end_token], figures.begins_right[end_token]
        yield f"<|im_end|> {end_token}", *(round(share, 2) for share in shares)


def claims(figures):
    # Five seeds: 1.00 stop by themselves when the end is supervised, 0.00 when it is masked; of these 0.71 to 0.93
    # begin with the right answer.
    stop_rate, begins_right = figures.stop_rate, figures.begins_right["masked"]
    yield stop_rate["supervised"] >= 0.9, f"supervised, {stop_rate['supervised']:.2f} of the replies stop"
    yield (
        stop_rate["masked"] <= 0.05,
        f"masked, {stop_rate['masked']:.2f} stop within {MAX_NEW_TOKENS} tokens, although {begins_right:.2f} begin "
        "with the right answer",
    )
    yield begins_right >= 0.5, "the answers themselves are learned all the same"


def draw(axes, figures):
    bars = {"end supervised": figures.stop_rate["supervised"], "end masked": figures.stop_rate["masked"]}
    draw_bars(axes, bars, "share of replies that stop")
