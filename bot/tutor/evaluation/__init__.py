"""How good explanations are: a corpus of mistakes, measures that need no key, and with a key a judge.

Nothing here is reached from the chat; `epochbot eval tutor` and the tests use it.
"""
