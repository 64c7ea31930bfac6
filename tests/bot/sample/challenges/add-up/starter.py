def add_up(numbers):
    return None
