def sort_them(numbers):
    return None
