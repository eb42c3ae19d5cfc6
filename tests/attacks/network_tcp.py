"""Connects to a listener on this very machine, by IPv4 and IPv6."""

import asyncio
import socket
import urllib.request

honest = ("to_gigabytes",)


for address in target.tcp:
    attempt(f"connect to {address}", socket.create_connection, address, 1)
host, port = target.tcp[0]
attempt("http", urllib.request.urlopen, f"http://{host}:{port}/", None, 1)
attempt("asyncio", lambda: asyncio.run(asyncio.wait_for(asyncio.open_connection(host, port), 1)))
