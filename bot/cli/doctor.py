"""`epochbot doctor`: what this machine can and cannot do, each fault with its fix."""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import asdict

from bot.app import set_up_process, utc_now
from bot.config import load_settings
from bot.doctor import Finding, examine

SUMMARY = "prove the sandbox, database, content and settings; each fault with its fix"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's options."""
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(options: argparse.Namespace) -> int:
    """Examine; 0 when nothing is at fault."""
    settings = load_settings()
    set_up_process(settings)
    findings = asyncio.run(examine(settings, utc_now()))
    healthy = all(f.ok for f in findings)
    if options.json:
        print(json.dumps({"ok": healthy, "findings": [asdict(f) for f in findings]}))
    else:
        _tell(findings)
    return 0 if healthy else 1


def _tell(findings: list[Finding]) -> None:
    area = fix = ""
    for finding in findings:
        if finding.area != area:
            area = finding.area
            print(area)
        print(f"  {'ok   ' if finding.ok else 'FAULT'} {finding.what}{'. ' + finding.detail if finding.detail else ''}")
        if not finding.ok:
            print("        fix: the same" if finding.fix == fix else f"        fix: {finding.fix}")
            fix = finding.fix
    faults = sum(not f.ok for f in findings)
    print(
        "Everything is in order."
        if not faults
        else f"{faults} {'thing needs' if faults == 1 else 'things need'} attention."
    )
