"""Never finishes loading."""

import time

honest = ()
while True:
    time.sleep(1)
