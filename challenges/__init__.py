"""Coding challenges: their facts, the runs they need, and the verdict on the values that come back.

Pure but for reading content: knows the runner's dataclasses, never how a box is built, and nothing of chat.
"""
