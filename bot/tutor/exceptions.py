"""Explains an exception from its class, its message and the learner's own line.

Pure. Rules are tried in order; the last one of a class is general. Messages of NumPy, scikit-learn and PyTorch come
before the general ones, because they say more.
"""

from __future__ import annotations

import re

from bot.tutor.explanation import Explanation
from runner import Fault

GENERAL = "The line above is where it stopped; the cause is there or in what was handed to it. Print the values it uses, on the smallest case."

RULES: tuple[tuple[str, str, str], ...] = (
    # class, pattern in the message, what it means and one next step
    (r"(Syntax|Indentation|Tab)Error", r"expected an indented block", "A line ending in a colon needs at least one indented line below it. Indent the body, or write pass."),
    (r"(Syntax|Indentation|Tab)Error", r"expected ':'", "A colon is missing at the end of this line: if, for, while, def, class and else all end in one."),
    (r"(Syntax|Indentation|Tab)Error", r"was never closed|unmatched|unexpected EOF", "A bracket is opened and never closed, or the other way round. Count them from this line upwards."),
    (r"(Syntax|Indentation|Tab)Error", r"unterminated .*string", "A string starts here and its closing quote is missing."),
    (r"(Syntax|Indentation|Tab)Error", r"indent", "The indentation does not fit the lines around it. Use four spaces per level, and never mix tabs with spaces."),
    (r"(Syntax|Indentation|Tab)Error", r"Maybe you meant '=='|cannot assign", "A single = stores a value; comparing takes ==."),
    (r"(Syntax|Indentation|Tab)Error", r"outside function", "This statement belongs inside a function: check the indentation of this line."),
    (r"(Syntax|Indentation|Tab)Error", r"", "Python cannot read this line. Look at the marked place and just before it: a missing comma, operator or bracket is the usual cause."),
    (r"NameError", r"name '(?P<a>\w+)' is not defined", "Nothing is called “{a}” at this point. Check the spelling, import it if it comes from a library, and assign it before this line."),
    (r"UnboundLocalError", r"'(?P<a>\w+)'", "“{a}” is assigned somewhere in this function, so Python treats it as local, and it has no value yet on this path. Give it one first."),
    (r"ModuleNotFoundError|ImportError", r"No module named '(?P<a>[\w.]+)'", "The module “{a}” is not available for this challenge. It can be solved with the libraries named on its card."),
    (r"ImportError", r"", "That name cannot be imported from this library version. Check the spelling, or use another function."),
    (r"AttributeError", r"module '\w+' has no attribute '(?P<a>\w+)'", "The library has nothing called “{a}”. Your code, or the challenge’s call, asks for it: check the name, and that you defined the function asked for."),
    (r"AttributeError", r"'NoneType' object has no attribute '(?P<a>\w+)'", "Something here is None, and None has no “{a}”. A function that returned nothing, such as a method that works in place, is the usual cause."),
    (r"AttributeError", r"'list' object has no attribute '(?P<a>\w+)'", "A list has no “{a}”; an array would. Turn it into one with np.asarray first."),
    (r"AttributeError", r"has no attribute '(?P<a>\w+)'", "This object has no “{a}”. Print its type: it is probably not what you think it is."),
    (r"TypeError", r"missing \d+ required positional argument", "A function is called with too few arguments. Compare the call with its definition."),
    (r"TypeError", r"takes \d+ positional arguments? but \d+ (was|were) given", "A function is called with more arguments than it takes. Compare your signature with the statement’s."),
    (r"TypeError", r"'NoneType' object is not (subscriptable|iterable)", "Something here is None and is used like a list. Find the function that gave it and check that it returns."),
    (r"TypeError", r"object is not callable", "Something that is not a function is called with round brackets. Either an index needs square ones, or a variable has taken a function’s name."),
    (r"TypeError", r"unhashable type: '(?P<a>\w+)'", "A {a} cannot be a dictionary key or a set member. Use a tuple instead."),
    (r"TypeError", r"unsupported operand|can only concatenate|must be str", "Two values of types that do not go together meet here. Print both types and convert one on purpose."),
    (r"TypeError", r"expected Tensor|must be Tensor|can't convert .*numpy", "An array and a tensor are mixed. Convert with torch.as_tensor or .detach().numpy() where they meet."),
    (r"ValueError", r"operands could not be broadcast together with shapes? (?P<a>.+)", "These shapes do not fit element by element: {a}. Print both shapes; a missing [:, None] or a keepdims=True is the usual cause."),
    (r"ValueError", r"matmul: .*mismatch|shapes .* not aligned|shape-mismatch", "The inner sizes of a matrix product differ. Write both shapes next to each other: (n, k) @ (k, m). A transpose is probably missing."),
    (r"RuntimeError", r"mat1 and mat2 shapes cannot be multiplied", "The inner sizes of a matrix product differ: the last size of the input must be the layer’s in_features. Print x.shape just before this line."),
    (r"RuntimeError", r"size of tensor a .* must match", "Two tensors of different sizes meet element by element. Print both shapes; unsqueeze or a transpose is probably missing."),
    (r"RuntimeError", r"Expected .*(Long|Int|Float|Double).* but (got|found)|expected scalar type|same dtype", "Tensors of different dtypes meet. Labels for cross entropy are .long(), inputs are .float()."),
    (r"RuntimeError", r"does not require grad", "backward() was asked of something that no parameter led to. Was it computed under no_grad, or detached?"),
    (r"RuntimeError", r"backward through the graph a second time", "The same graph is walked twice. Compute the loss afresh in every step."),
    (r"ValueError", r"truth value of an array", "An array of many truths is used where one is needed. Reduce it with .any() or .all(), or join conditions with & and |."),
    (r"ValueError", r"inhomogeneous|setting an array element with a sequence", "Rows of different lengths cannot form one array. Check that every row has the same number of values."),
    (r"ValueError", r"cannot reshape array of size (?P<a>\d+)", "An array of {a} values does not fill the shape asked for: the sizes must multiply to {a}."),
    (r"ValueError", r"Found input variables with inconsistent numbers of samples", "X and y have different numbers of rows. Select the same rows from both."),
    (r"ValueError", r"Expected 2D array, got 1D", "scikit-learn wants X with rows and columns: one feature is X.reshape(-1, 1)."),
    (r"ValueError", r"Input (X )?contains NaN", "There are missing values in X. Fill them from the training part, or drop those rows."),
    (r"NotFittedError", r"", "The model is used before it was fitted. Call fit on the training data first."),
    (r"ValueError", r"too many values to unpack|not enough values to unpack", "The left side of this assignment has a different number of names than there are values on the right."),
    (r"ValueError", r"zero-size array", "A minimum, maximum or similar is taken of an empty array. Handle the empty case first."),
    (r"ValueError", r"invalid literal for int|could not convert string to float", "This text is not a number. Print it with repr() and clean it first."),
    (r"IndexError", r"boolean index did not match", "A mask and the array it selects from have different lengths. Build the mask from the same array."),
    (r"IndexError", r"out of (range|bounds)", "An index is past the end. The last one is len(x) − 1; check where your range stops, and the empty input."),
    (r"IndexError", r"too many indices", "An array is indexed with more axes than it has. Print its shape."),
    (r"KeyError", r"(?P<a>.+)", "There is no key {a}. Check the spelling, or use .get with a default where it may be missing."),
    (r"ZeroDivisionError", r"", "A division by zero: some count is 0 here. The statement says what to return in that case; test for it first."),
    (r"FloatingPointError|OverflowError", r"", "A number grew beyond what a float holds. Subtract the maximum before an exponential, or work with logarithms."),
    (r"LinAlgError", r"[Ss]ingular", "This matrix has no inverse: some columns depend on others. Ask a solver that handles rank, such as least squares."),
    (r"RecursionError", r"", "The function calls itself without an end. Which input stops it, and does every call come closer to that one?"),
    (r"MemoryError", r"", "An array was asked for that does not fit in memory. Check the sizes you multiply."),
    (r"AssertionError", r"", "An assert of yours is false here. That is useful: print the values it compares."),
    (r"StopIteration", r"", "next() was called on something that has nothing left. Give it a default, or use a for loop."),
    (r"FileNotFoundError|PermissionError", r"", "There are no files to read or write here: everything you need comes in as arguments."),
    (r"SystemExit|Exit", r"", "Your code ended the program before it returned a value. Remove calls of exit() and quit(); just return."),
    (r"KeyboardInterrupt|GeneratorExit", r"", "Your code raised an exception that ends programs. Raise an ordinary one, or better, return a value."),
    (r"Signal", r"", "The process was ended by the system, usually after endless recursion in a library or a broken memory access. Look for recursion without an end."),
)  # fmt: skip


def explain_fault(fault: Fault, source: str, entry: str) -> Explanation:
    """Explain one exception; `specific` is false only when no rule knows it."""
    meaning, specific = _meaning(fault)
    name = fault.type.rpartition(".")[2]
    where = f"Line {fault.line}: " if fault.line else ""
    message = f"{name}: {fault.message}" if fault.message else name
    return Explanation(
        source="syntax" if name in ("SyntaxError", "IndentationError", "TabError") else "exception",
        specific=specific,
        text=f"{where}{message}\n{meaning}",
        line=fault.line,
        code_line=_marked(fault, source),
    )


def _meaning(fault: Fault) -> tuple[str, bool]:
    name = fault.type.rpartition(".")[2]
    for kind, pattern, text in RULES:
        found = re.search(pattern, fault.message[:500]) if re.fullmatch(kind, name) else None
        if found:
            return text.replace("{a}", _word(found.groupdict().get("a") or "")), True
    return GENERAL, False


def _word(text: str) -> str:
    return text.strip()[:80]


def _marked(fault: Fault, source: str) -> str:
    """The learner's line, with a caret below it for syntax errors."""
    lines = source.splitlines()
    line = fault.source_line or (lines[fault.line - 1] if fault.line and fault.line <= len(lines) else "")
    line = line.rstrip()
    if not line or not fault.offset:
        return line.strip()
    kept = line.lstrip()
    caret = max(0, fault.offset - 1 - (len(line) - len(kept)))
    return f"{kept}\n{' ' * caret}^" if caret <= len(kept) else kept
