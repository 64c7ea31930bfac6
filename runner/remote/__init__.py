"""Runs jobs on another host: the same `run(job)` over a small authenticated HTTP API, and the server that answers it.

Everything else in the runner does without `aiohttp`, and so does `wire`, which owns what is said; `server` and `client`
own how it travels, `serve` and `guard` what an operator may and may not start.
"""
