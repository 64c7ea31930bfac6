def sort_them(numbers):
    return sorted(set(numbers))
