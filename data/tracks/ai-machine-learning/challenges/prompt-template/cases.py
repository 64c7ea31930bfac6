"""Templates with JSON, code and look-alikes; values that look like templates; names drawn anew at every attempt."""
import numpy as np

NAMES = ["user", "tone", "question", "document", "shots", "lang", "max_words", "k2", "_hidden", "Topic"]


def cases(rng: np.random.Generator):
    """Yield (name, visible, args)."""
    yield "JSON around a field, and a value like a field", True, (
        'Reply as {"mood": {mood}} to {user}.',
        {"user": "{mood}", "mood": 3},
    )
    yield "look-alikes are text", True, ("{} { user } {0} {user.name} {user!r} {user", {"user": "Ada"})
    yield "two missing, one of them twice", True, ("{b} {a} {c} {b}", {"c": 1})
    a, b, c, d = (NAMES[i] for i in rng.permutation(len(NAMES))[:4])
    number = int(rng.integers(10, 99))
    yield "every field filled, one often", False, (f"{{{a}}}, {{{b}}}: {{{a}}}{{{c}}}", {a: number, b: "x", c: -0.5, d: "unused"})
    yield "values that look like fields", False, (f"{{{a}}} {{{b}}} {{{c}}}", {c: f"{{{b}}}", b: f"{{{a}}}", a: f"{{{c}}}"})
    yield "double and triple braces", False, (f"{{{{{a}}}}} {{{{{{{b}}}}}}} {{{{}}}}", {a: number, b: "y"})
    yield "an example with nested JSON", False, (f'{{"in": {{"text": "{{{a}}}"}}, "n": {{{b}}}}}', {a: '{"x": {}}', b: number})
    yield "zero and empty are values", False, (f"[{{{a}}}|{{{b}}}|{{{c}}}]", {a: 0, b: "", c: False})
    yield "None is missing", False, (f"{{{b}}}{{{a}}}{{{c}}}", {a: None, b: number, c: None})
    yield "all missing, order of first appearance", False, (f"{{{c}}} {{{a}}} {{{c}}} {{{d}}} {{{b}}} {{{a}}}", {})
    yield "backslashes in a value", False, (f"path: {{{a}}}", {a: rf"C:\new\1\g<0>\t{number}"})
    yield "no field at all", False, (f"for (;;) {{ {a} = {number}; }} {{{number}}}", {a: 1})
    yield "names that are not names", False, (f"{{{number}{a}}} {{{a}-{b}}} {{é{a}}} {{{a}é}} {{{a}\n}} {{{a}}}", {a: "ok"})
    yield "names that differ in one letter", False, ("{ab} {abc} {a} {AB}", {"a": number, "ab": "2", "abc": "3", "AB": "4"})
