"""Creates thousands of files, folders and links, with odd names, deeper than a path may be long."""

import os

honest = ("to_gigabytes",)


def lora_parameter_count(d_in, d_out, r):
    os.umask(0o777)
    for number in range(1500):
        os.close(os.open(f"{number}\n\x1b[2J\udcff", os.O_CREAT | os.O_WRONLY))
        os.symlink("/" * 200, f"link{number}")
    os.umask(0)
    for _ in range(3000):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
    raise TypeError
