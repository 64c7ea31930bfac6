"""Real exceptions, raised in real boxes: each is known, explained by its own rule, and pinned to the learner's line."""

from __future__ import annotations

import re
from textwrap import dedent, indent
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tutor.exception_rules import RULES
from bot.tutor.exceptions import GENERAL, explain_fault
from bot.tutor.explanation import Explanation
from runner import Call, Fault, Job, Limits, Profile, Run


class Snippet(NamedTuple):
    """Code that raises on its last line, and words that only the right explanation has."""

    code: str
    says: str


STDLIB = (
    Snippet("return totl", "Nothing is called “totl”"),
    Snippet("if False:\n    total = 0\ntotal += 1", "“total” is assigned somewhere in this function"),
    Snippet("import tensorflow", "The module “tensorflow” is not available"),
    Snippet("from math import sqroot", "“sqroot” cannot be imported from “math”"),
    Snippet("import math\nmath.sqroot(2)", "“math” has nothing called “sqroot”"),
    Snippet("x = [3].sort()\nx.append(1)", "Something here is None, and None has no “append”"),
    Snippet("[1, 2].shape", "A list has no “shape”"),
    Snippet("'text'.push('x')", "This str has no “push”"),
    Snippet("def g(a, b):\n    return a\ng(1)", "too few arguments"),
    Snippet("def g(a):\n    return a\ng(1, 2)", "more arguments than it takes"),
    Snippet("def g(a):\n    return a\ng(c=2)", "no parameter called “c”"),
    Snippet("x = None\nx[0]", "Something here is None and is used like"),
    Snippet("for y in None:\n    pass", "Something here is None and is used like"),
    Snippet("5[0]", "A value of type int cannot be indexed"),
    Snippet("for y in 5:\n    pass", "A value of type int cannot be looped over"),
    Snippet("len(5)", "has no length"),
    Snippet("x = [1]\nx(0)", "round brackets"),
    Snippet("{[1]: 2}", "A list cannot be a dictionary key"),
    Snippet("'a' + 1", "do not go together"),
    Snippet("1 + 'a'", "do not go together"),
    Snippet("[1] + (2,)", "do not go together"),
    Snippet("None < 1", "Two values that have no order"),
    Snippet("[1, 2]['a']", "are whole numbers"),
    Snippet("[1, 2][1.0]", "are whole numbers"),
    Snippet("range(2.5)", "a whole number is needed"),
    Snippet("(1, 2)[0] = 3", "cannot be changed"),
    Snippet("a, b = [1, 2, 3]", "different number of names"),
    Snippet("a, b = [1]", "different number of names"),
    Snippet("int('x1')", "This text is not a number"),
    Snippet("float('one')", "This text is not a number"),
    Snippet("min([])", "Nothing is in it"),
    Snippet("[1, 2].remove(3)", "is not in the list"),
    Snippet("import math\nmath.log(0)", "outside of what this function is defined for"),
    Snippet("[1][3]", "An index is past the end"),
    Snippet("[].pop()", "An index is past the end"),
    Snippet("{'a': 1}['b']", "There is no key 'b'"),
    Snippet("1 / 0", "A division by zero"),
    Snippet("1 % 0", "A division by zero"),
    Snippet("import math\nmath.exp(1000)", "beyond what a float holds"),
    Snippet("def g(n):\n    return g(n)\ng(1)", "calls itself without an end"),
    Snippet("assert 1 == 2", "An assert of yours is false"),
    Snippet("next(iter([]))", "has nothing left"),
    Snippet("d = {1: 2}\nfor k in d:\n    d[k + 1] = 0", "changed while a loop goes over it"),
    Snippet("open('data.csv')", "no files to read or write"),
    Snippet("raise NotImplementedError", "not written yet"),
    Snippet("raise SystemExit(0)", "ended the program"),
    Snippet("raise KeyboardInterrupt", "ends programs"),
)
NUMPY = (
    Snippet("import numpy as np\nnp.zeros((2, 3)) + np.zeros((2, 2))", "do not fit element by element: (2,3) (2,2)"),
    Snippet("import numpy as np\nnp.zeros((2, 3)) @ np.zeros((2, 3))", "The inner sizes of a matrix product differ"),
    Snippet("import numpy as np\nnp.dot(np.zeros((2, 3)), np.zeros(2))", "The inner sizes of a matrix product differ"),
    Snippet("import numpy as np\nif np.array([1, 2]) > 1:\n    pass", "An array of many truths"),
    Snippet("import numpy as np\nnp.array([[1, 2], [3]])", "Rows of different lengths"),
    Snippet("import numpy as np\nnp.arange(6).reshape(4, 2)", "An array of 6 values does not fill"),
    Snippet("import numpy as np\nnp.array([]).max()", "Nothing is in it"),
    Snippet("import numpy as np\nnp.argmax([])", "Nothing is in it"),
    Snippet("import numpy as np\nnp.arange(3)[np.array([True, False])]", "A mask and the array"),
    Snippet("import numpy as np\nnp.arange(3)[5]", "An index is past the end"),
    Snippet("import numpy as np\nnp.arange(3)[0, 1]", "more axes than it has"),
    Snippet("import numpy as np\nnp.arange(3)[1.5]", "are whole numbers"),
    Snippet("import numpy as np\nnp.zeros(3).sum(axis=1)", "has no such axis"),
    Snippet("import numpy as np\nnp.linalg.inv(np.zeros((2, 2)))", "This matrix has no inverse"),
    Snippet("import numpy as np\nnp.linalg.inv(np.zeros((2, 3)))", "needs a square matrix"),
    Snippet("import numpy as np\nnp.concatenate([np.zeros((2, 2)), np.zeros((2, 3))])", "cannot be joined"),
    Snippet("import numpy as np\nnp.stack([np.zeros(2), np.zeros(3)])", "cannot be joined"),
    Snippet("import numpy as np\nnp.random.default_rng(0).choice(3, size=5, replace=False)", "more than there are"),
    Snippet("import numpy as np\nx = np.arange(3)\nx += 0.5", "whole numbers cannot take"),
    Snippet("import numpy as np\nnp.zeros(2).append(1)", "An array has no “append”"),
    Snippet("import numpy as np\nnp.float(1)", "“numpy” has nothing called “float”"),
    Snippet("import numpy as np\nnp.zeros((200_000, 200_000))", "does not fit in memory"),
)
SKLEARN = (
    Snippet(
        "from sklearn.linear_model import LinearRegression\nLinearRegression().fit([[1], [2]], [1])",
        "X and y have different numbers of rows",
    ),
    Snippet(
        "from sklearn.linear_model import LinearRegression\nLinearRegression().fit([1, 2], [1, 2])", "reshape(-1, 1)"
    ),
    Snippet(
        "from sklearn.linear_model import LinearRegression\nLinearRegression().fit([[float('nan')]], [1])",
        "There are missing values in X",
    ),
    Snippet(
        "from sklearn.linear_model import LinearRegression\nLinearRegression().predict([[1]])", "before it was fitted"
    ),
    Snippet(
        "from sklearn.linear_model import LinearRegression\nLinearRegression().fit([[1, 2]], [1]).predict([[1]])",
        "other columns than it was fitted on",
    ),
    Snippet(
        "from sklearn.linear_model import LogisticRegression\nLogisticRegression().fit([[1], [2]], [0, 0])",
        "only one class",
    ),
    Snippet(
        "from sklearn.linear_model import LogisticRegression\nLogisticRegression().fit([[1], [2]], [0.1, 0.2])",
        "A classifier was given numbers",
    ),
    Snippet("from sklearn.linear_model import Ridge\nRidge().fit([['a'], ['b']], [1, 2])", "This text is not a number"),
    Snippet("import pandas as pd\npd.DataFrame({'a': [1]})['b']", "There is no key 'b'"),
    Snippet("import pandas as pd\nif pd.Series([1, 2]) > 1:\n    pass", "An array of many truths"),
    Snippet("import pandas as pd\npd.DataFrame({'a': [1, 2], 'b': [1]})", "columns of different lengths"),
)
TORCH = (
    Snippet("import torch\ntorch.zeros(2, 3) @ torch.zeros(2, 3)", "The inner sizes of a matrix product differ"),
    Snippet("import torch\ntorch.nn.Linear(3, 1)(torch.zeros(4, 2))", "the layer’s in_features"),
    Snippet("import torch\ntorch.zeros(2) + torch.zeros(3)", "Two tensors of different sizes"),
    Snippet("import torch\ntorch.nn.functional.cross_entropy(torch.zeros(2, 3), torch.zeros(2, 1).long())", "targets"),
    Snippet("import torch\ntorch.nn.functional.cross_entropy(torch.zeros(1, 3), torch.tensor([5]))", "out of bounds"),
    Snippet("import torch\ntorch.nn.Linear(2, 1)(torch.zeros(1, 2).long())", "Tensors of different dtypes"),
    Snippet("import torch\ntorch.zeros(2).backward()", "backward() was asked of something"),
    Snippet(
        "import torch\nx = torch.ones(1, requires_grad=True)\ny = (x * x).sum()\ny.backward()\ny.backward()",
        "The same graph is walked twice",
    ),
    Snippet("import torch\nx = torch.ones(2, requires_grad=True)\n(x * 2).backward()", "only a single number"),
    Snippet("import torch\nx = torch.ones(2, requires_grad=True)\nx.numpy()", "detach()"),
    Snippet("import torch\nx = torch.ones(2, requires_grad=True)\nx += 1", "torch.no_grad()"),
    Snippet("import torch\ntorch.arange(6).view(4, 2)", "does not fill"),
    Snippet(
        "import torch\nimport numpy as np\ntorch.nn.Linear(2, 1)(np.zeros((1, 2)))", "An array and a tensor are mixed"
    ),
)
PANDAS = (
    Snippet("import pandas as pd\npd.DataFrame({'a': [1, 2]})[['a', 'b']]", "no such columns or rows"),
    Snippet("import pandas as pd\npd.DataFrame({'a': [1, 2]})[['b']]", "no such columns or rows"),
    Snippet("import pandas as pd\npd.DataFrame({'a': [1]}).drop('b', axis=1)", "should be dropped is not there"),
    Snippet(
        "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})\ndf['b'] = [1, 2, 3]",
        "column of 3 values does not fit a table of 2",
    ),
    Snippet(
        "import pandas as pd\npd.Series([1, 2]) == pd.Series([1, 2], index=[3, 4])",
        "with different labels are compared",
    ),
    Snippet(
        "import pandas as pd\npd.DataFrame({'a': [1]}).merge(pd.DataFrame({'a': ['x']}), on='a')", "of different types"
    ),
    Snippet("import pandas as pd\npd.DataFrame({'a': [1]}).append({'a': 2})", "Collect the parts in a list"),
    Snippet("import pandas as pd\npd.Series([1.0, None]).astype(int)", "cannot become whole numbers"),
    Snippet("import pandas as pd\npd.DataFrame({'a': [1, 2]}).iloc[7]", "iloc counts from 0"),
    Snippet("import pandas as pd\npd.DataFrame({'a': ['x', 'y']}).mean()", "A column of text"),
    Snippet("import pandas as pd\npd.Series([1, 2], index=[0, 0]).reindex([0, 1])", "occur twice"),
    Snippet("import pandas as pd\npd.concat([])", "The list of tables to join is empty"),
    Snippet("import pandas as pd\npd.DataFrame({'a': 1})", "Put each value into a list"),
    Snippet("import pandas as pd\npd.to_datetime('not a day')", "not read as a date"),
    Snippet("import pandas as pd\npd.DataFrame({'a': [1]})['b']", "There is no key 'b'"),
)
MORE = (
    Snippet("import torch\ntorch.tensor([1.0, 2.0]).item()", "item() gives one number"),
    Snippet("import torch\ntorch.nn.Embedding(3, 2)(torch.tensor([5]))", "below num_embeddings"),
    Snippet("import torch\ntorch.stack([torch.zeros(2), torch.zeros(3)])", "These tensors cannot be joined"),
    Snippet("import torch\ntorch.cat([torch.zeros(2, 2), torch.zeros(3, 3)])", "These tensors cannot be joined"),
    Snippet("import torch\ntorch.zeros(2).cuda()", "There is no graphics card here"),
    Snippet("import torch\ntorch.zeros(2, device='meta') + torch.zeros(2)", "live on different devices"),
    Snippet(
        "import torch\nw = torch.ones(2, requires_grad=True)\ny = w.exp()\ny += 1\ny.sum().backward()",
        "was changed in place",
    ),
    Snippet("import torch\nt = torch.zeros(2, 3).t()\nt.view(6)", "Use reshape"),
    Snippet("import torch\ntorch.nn.Conv2d(3, 4, 3)(torch.zeros(1, 1, 8, 8))", "made for 3 channels"),
    Snippet("import torch\ntorch.zeros(2, dtype=torch.long).mean()", "Convert with .float()"),
    Snippet("import torch\nif torch.tensor([1, 2]) > 1:\n    pass", "A tensor of many truths"),
    Snippet("import torch\ntorch.nn.BCELoss()(torch.zeros(2, 1), torch.zeros(2))", "have different shapes"),
    Snippet("import torch\ntorch.nn.BCELoss()(torch.tensor([2.0]), torch.tensor([1.0]))", "Apply a sigmoid first"),
    Snippet("import numpy as np\nnp.zeros(3)[np.array([0.5])]", "whole numbers or truth values"),
    Snippet("import numpy as np\nint(np.array([1, 2]))", "an array of several was given"),
    Snippet("import numpy as np\nx = np.zeros(3)\nx[:2] = np.zeros(3)", "The place on the left"),
    Snippet("import numpy as np\nnp.concatenate(np.zeros(2), np.zeros(2))", "go into one list"),
    Snippet("import numpy as np\nnp.random.choice(3, p=[0.5, 0.4, 0.3])", "must sum to 1"),
    Snippet("import numpy as np\nnp.arange(3).astype('x')", "This type is not known"),
    Snippet(
        "from sklearn.model_selection import train_test_split\n"
        "train_test_split([[1], [2], [3]], [0, 0, 1], stratify=[0, 0, 1])",
        "A class has only one member",
    ),
    Snippet(
        "from sklearn.metrics import roc_auc_score\nroc_auc_score([0, 1, 2], [0.1, 0.2, 0.3])", "more than two classes"
    ),
    Snippet("from sklearn.metrics import f1_score\nf1_score(['a', 'b'], ['a', 'b'])", "which class counts as positive"),
    Snippet(
        "from sklearn.metrics import accuracy_score\naccuracy_score([0, 1], [0.2, 0.7])",
        "Turn probabilities into classes",
    ),
    Snippet("from sklearn.model_selection import KFold\nlist(KFold(5).split([[1], [2]]))", "fewer rows than parts"),
    Snippet("from sklearn.pipeline import make_pipeline\nmake_pipeline(3).fit([[1]], [1])", "an object with fit"),
)
SYNTAX = (
    Snippet("def f():\nreturn 1", "needs at least one indented line"),
    Snippet("def f()\n    return 1", "A colon is missing"),
    Snippet("def f():\n    return (1 + 2", "A bracket is opened and never closed"),
    Snippet("def f():\n    return 1)", "A bracket is opened and never closed"),
    Snippet("def f():\n    return [1, 2)", "A bracket is opened and never closed"),
    Snippet("def f():\n    return 'one", "its closing quote is missing"),
    Snippet("def f():\n    x = 1\n      return x", "does not fit the lines around it"),
    Snippet("def f():\n    if True:\n        x = 1\n      y = 2", "does not fit the lines around it"),
    Snippet("def f():\n\tif True:\n        return 1", "does not fit the lines around it"),
    Snippet("def f(x):\n    if x = 1:\n        return 1", "comparing takes =="),
    Snippet("return 1", "belongs inside a function"),
    Snippet("def f():\n    print 'hello'", "takes brackets"),
    Snippet("def f():\n    return [1 2]", "a comma is probably missing"),
    Snippet("def f(x):\n    x++", "cannot read this line"),
    Snippet("def f():\n    class = 1", "cannot read this line"),
)


async def raised(run: Run, profile: Profile, snippets: tuple[Snippet, ...]) -> tuple[str, list[Fault | None]]:
    """Raise every snippet in one box."""
    functions = [f"def case_{n}():\n{indent(dedent(s.code), '    ')}\n" for n, s in enumerate(snippets)]
    source = "\n".join([*functions, "def run(n):\n    return globals()[f'case_{n}']()\n"])
    shared = "" if profile is Profile.STDLIB else "one"  # what ends a process is raised by no library here
    calls = tuple(Call(id=str(n), args=(n,), group=shared) for n in range(len(snippets)))
    limits = Limits(wall_s=60)  # dozens of calls
    result = await run(Job(source=source, entry="run", calls=calls, profile=profile, limits=limits))
    faults = {back.id: back.fault for back in result.returned}
    return source, [faults[call.id] for call in calls]


def told(snippet: Snippet, explained: Explanation) -> tuple[bool, bool, str]:
    """What must hold of an explanation: its own rule found it, it cites the line that raised, and says how it ended."""
    line = snippet.code.split("\n")[-1].strip()
    lines = [part.strip() for part in snippet.code.split("\n")]
    cited = explained.code_line == line or (explained.code_line in lines and explained.code_line != "")
    return explained.specific, cited, "" if snippet.says in explained.text else explained.text


@pytest.mark.parametrize(
    ("profile", "snippets"),
    [(Profile.STDLIB, STDLIB), (Profile.TORCH, NUMPY + PANDAS + SKLEARN + TORCH + MORE)],
    ids=["builtins", "libraries"],
)
async def test_every_exception_is_explained_by_its_own_rule(
    warm: Any, profile: Profile, snippets: tuple[Snippet, ...]
) -> None:
    source, faults = await raised(warm.run, profile, snippets)
    results = {
        snippet.code: told(snippet, explain_fault(fault, source, "run")) if fault else (False, False, "nothing raised")
        for snippet, fault in zip(snippets, faults, strict=True)
    }
    assert results == {snippet.code: (True, True, "") for snippet in snippets}


def compiled(source: str) -> Fault:
    """What the compiler says to a source, as the runner reports it."""
    with pytest.raises(SyntaxError) as caught:
        compile(source, "submission.py", "exec")
    error = caught.value
    line = source.split("\n")[(error.lineno or 1) - 1].strip()
    return Fault(type=type(error).__name__, message=error.msg, line=error.lineno, offset=error.offset, source_line=line)


@pytest.mark.parametrize("snippet", SYNTAX, ids=lambda s: s.code)
def test_code_that_does_not_compile_is_explained(snippet: Snippet) -> None:
    explained = explain_fault(compiled(snippet.code), snippet.code, "f")
    assert (explained.source, explained.specific) == ("syntax", True)
    assert snippet.says in explained.text
    assert explained.code_line.partition("\n")[0] in [line.strip() for line in snippet.code.split("\n")]


def test_the_caret_stands_below_the_place_in_the_learners_own_line() -> None:
    source = "def f():\n    return [1 2]"
    assert explain_fault(compiled(source), source, "f") == Explanation(
        source="syntax",
        specific=True,
        text="Line 2: SyntaxError: invalid syntax. Perhaps you forgot a comma?\n"
        "Two things stand next to each other here: a comma is probably missing between them.",
        line=2,
        code_line="return [1 2]\n        ^",
    )


def test_a_missing_function_is_named() -> None:
    fault = Fault(type="NameError", message="your code does not define `ridge`")
    assert explain_fault(fault, "x = 1", "ridge").text == (
        "NameError: your code does not define `ridge`\n"
        "The grader looks for something called “ridge”. Give it exactly this name, at the left margin."
    )


def test_a_signature_that_does_not_fit_is_shown_where_it_is_defined() -> None:
    fault = Fault(type="TypeError", message="ridge() takes 1 positional argument but 2 were given")
    explained = explain_fault(fault, "import math\n\ndef ridge(x):\n    return x\n", "ridge")
    assert (explained.line, explained.code_line) == (3, "def ridge(x):")


def test_an_exception_of_the_learners_own_is_told_as_it_is() -> None:
    fault = Fault(type="Exception", message="Oops: no luck", line=2, source_line="raise Oops('no luck')")
    assert explain_fault(fault, "class Oops(Exception): pass\nraise Oops('no luck')", "f") == Explanation(
        source="exception",
        specific=False,
        text=f"Line 2: Exception: Oops: no luck\n{GENERAL}",
        line=2,
        code_line="raise Oops('no luck')",
    )


def test_braces_in_a_message_are_not_filled_in_again() -> None:
    fault = Fault(type="KeyError", message="'{b} {a}'", line=1)
    assert "There is no key '{b} {a}'." in explain_fault(fault, "d[k]", "f").text


@given(
    st.builds(
        Fault,
        type=st.sampled_from([*{kind for kind, _, _ in RULES if kind.isidentifier()}, "", "a.b.C"]),
        message=st.text(max_size=4000),
        line=st.none() | st.integers(-3, 10**9),
        offset=st.none() | st.integers(-3, 10**6),
        source_line=st.text(max_size=50),
    ),
    st.text(max_size=200),
)
def test_any_fault_at_all_gets_a_short_explanation(fault: Fault, source: str) -> None:
    explained = explain_fault(fault, source, "f")
    assert 1 <= len(explained.text) <= 1000


@pytest.mark.parametrize(("kind", "pattern", "text"), RULES)
def test_every_rule_compiles_and_fills_only_what_its_pattern_names(kind: str, pattern: str, text: str) -> None:
    assert re.compile(kind)
    assert set(re.findall(r"\{(\w)\}", text)) <= set(re.compile(pattern).groupindex)
    assert text.endswith((".", "?"))
    assert len(text) <= 300
