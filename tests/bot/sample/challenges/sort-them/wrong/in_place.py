def sort_them(numbers):
    numbers.sort()
    return numbers
