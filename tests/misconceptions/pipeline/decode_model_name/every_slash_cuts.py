"""What stands between two "/" is the publisher's as well."""

_right = decode_model_name


def decode_model_name(name):
    publisher, slash, rest = name.partition("/")
    return _right(rest.replace("/", " ") if slash else name)
