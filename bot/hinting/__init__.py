"""Hints on purpose, rung by rung: of challenges, of questions, and at the end the solution."""
