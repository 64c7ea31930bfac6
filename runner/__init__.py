"""Runs untrusted Python in isolation and returns what happened and what came back.

Stands alone: imports nothing of quizzes, challenges or chat, and needs only the standard library and bubblewrap.
"""
from runner.cold import ColdRunner
from runner.errors import CannotIsolate, MissingLibrary
from runner.job import Call, Fault, Isolation, Job, Limits, Outcome, Profile, Result, Returned, Run

__all__ = [
    "Call",
    "CannotIsolate",
    "ColdRunner",
    "Fault",
    "Isolation",
    "Job",
    "Limits",
    "MissingLibrary",
    "Outcome",
    "Profile",
    "Result",
    "Returned",
    "Run",
]
