def decide(control: tuple[int, int], canary: tuple[int, int], min_requests: int, limit: float) -> tuple[str, float]:
    """A decision, "promote", "hold" or "rollback", and the z it rests on."""
    return "promote", 0.0
