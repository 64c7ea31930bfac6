"""Fetches a file that somebody sent, with our token, from Slack and from nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.dispatch import MAX_FILE
from bot.messages import Attachment
from bot.platforms.slack.account import UNREACHABLE, code_of

log = structlog.get_logger(__name__)
TAKES_S = 20


async def fetch(client: AsyncWebClient, file: Mapping[str, Any]) -> Attachment | str:
    """The file, at most one byte longer than may be sent; or why there is none, for whoever sent it."""
    name = str(file.get("name") or "code.py")
    try:
        url = _address(file) or _address((await client.files_info(file=str(file.get("id", ""))))["file"] or {})
        if not trusted(url, client.base_url):
            return "I cannot fetch that file from where it is kept. Paste the code instead."
        return Attachment(name, await _read(url, client))
    except SlackApiError as fault:
        log.warning("file not fetched", platform="slack", code=code_of(fault))
    except UNREACHABLE as fault:
        log.warning("file not fetched", platform="slack", fault=type(fault).__name__)
    return "I could not fetch that file from Slack. Please send it once more, or paste the code."


def trusted(url: str, base_url: str) -> bool:
    """Whether our token may be shown to an address: one of Slack's own, or of the API we were told to use."""
    try:
        asked, ours = urlsplit(url), urlsplit(base_url)
        host, port = asked.hostname or "", asked.port
    except ValueError:
        return False
    if asked.scheme == ours.scheme and (host, port) == (ours.hostname, ours.port):
        return True
    return asked.scheme == "https" and port in (None, 443) and (host == "slack.com" or host.endswith(".slack.com"))


def _address(file: Mapping[str, Any]) -> str:
    return str(file.get("url_private_download") or file.get("url_private") or "")


async def _read(url: str, client: AsyncWebClient) -> bytes:
    timeout = aiohttp.ClientTimeout(total=TAKES_S)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        headers = {"Authorization": f"Bearer {client.token}"}
        async with session.get(url, headers=headers, allow_redirects=False, raise_for_status=True) as answer:
            parts = bytearray()
            async for part in answer.content.iter_chunked(65_536):
                parts += part
                if len(parts) > MAX_FILE:
                    break
            return bytes(parts[: MAX_FILE + 1])
