"""Claude as the tutor's assistant: what it is told, what it may cost, and what its words must pass before anyone sees them."""

from bot.tutor.claude.assistant import Box, ClaudeAssistant
from bot.tutor.claude.options import ClaudeOptions, Model

__all__ = ["Box", "ClaudeAssistant", "ClaudeOptions", "Model"]
