"""The part of the runner that works inside the box: public, without secrets, and never believed by the part outside.

Its files and `runner.values` are bound into the box read-only. It imports nothing else of the runner.
"""
