"""Writes one file without end."""

honest = ("to_gigabytes",)


def lora_parameter_count(d_in, d_out, r):
    with open("big", "wb", buffering=0) as file:
        for _ in range(256):  # MiB
            file.write(bytes(1 << 20))
    spoils.append("256 MiB")
    raise TypeError
