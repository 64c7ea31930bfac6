"""`epochbot serve`: the local chat page, when no chat platform is set up."""

from __future__ import annotations

import argparse
import os
import sys

from bot.app import open_app, set_up_process, utc_now
from bot.config import ConfigError, load_settings
from bot.platforms.web.server import PortTakenError, serve

SUMMARY = "serve the local chat page (loopback only)"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("--port", type=int, metavar="PORT", help="port on 127.0.0.1 (default: 8080, or EPOCHBOT_PORT)")
    parser.add_argument("--open", action="store_true", help="open the page in a browser, if there is one")


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    settings = load_settings(**({"port": options.port} if options.port is not None else {}))
    set_up_process(settings)
    show = options.open and (
        sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    )
    try:
        serve(lambda: open_app(settings), settings.port, utc_now, show=show, ready=_ready)
    except PortTakenError as fault:
        raise ConfigError(str(fault)) from None
    return 0


def _ready(address: str) -> None:
    print(f"Epochbot is at {address} (Ctrl+C stops it)", flush=True)
