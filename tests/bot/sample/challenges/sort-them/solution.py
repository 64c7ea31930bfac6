def sort_them(numbers):
    return sorted(numbers)
