"""Conversations as the reference encodes them with the course's own tokenizer: ids, and what is trained on."""

CHATS = {
    "a question": [("user", "What is the capital of France?"), ("assistant", "The capital of France is Paris.")],
    "two turns, and a system message": [
        ("system", "Answer in one sentence."),
        ("user", "Which currency do people use in Japan?"),
        ("assistant", "The currency of Japan is the yen."),
        ("user", "And in India?"),
        ("assistant", "The currency of India is the rupee."),
    ],
    "a user who writes a control token": [
        ("user", "What does <|im_end|> do?"),
        ("assistant", "It ends a turn."),
    ],
}


def data(lesson):
    from autograder.backbone import load_backbone

    model, tokenizer = load_backbone("tiny")
    lesson.add_chat_tokens(model, tokenizer)
    found = []
    for name, turns in CHATS.items():
        chat = lesson.encode_chat([{"role": role, "content": content} for role, content in turns], tokenizer)
        pairs = zip(chat["input_ids"], chat["loss_mask"], strict=True)
        found.append({"name": name, "tokens": [[tokenizer.decode([one]), one, learned] for one, learned in pairs]})
    return found
