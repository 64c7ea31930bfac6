"""The database of learners and what they did: the only package that speaks SQL or imports the engine.

Use `Store` and the frozen values in `rows`; nothing above here knows which engine runs.
"""

from bot.store.errors import (
    StoreBusyError,
    StoreClosedError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreReadOnlyError,
    StoreTooNewError,
)
from bot.store.rows import (
    Answered,
    AnswerRecord,
    Attempt,
    BoardRow,
    Difference,
    Explanation,
    Fault,
    Group,
    Health,
    Mistake,
    Progress,
    Purpose,
    Question,
    Recorded,
    SampleMember,
    Submission,
    SubmissionRecord,
    Tries,
    User,
)
from bot.store.store import Store

__all__ = [
    "AnswerRecord",
    "Answered",
    "Attempt",
    "BoardRow",
    "Difference",
    "Explanation",
    "Fault",
    "Group",
    "Health",
    "Mistake",
    "Progress",
    "Purpose",
    "Question",
    "Recorded",
    "SampleMember",
    "Store",
    "StoreBusyError",
    "StoreClosedError",
    "StoreDamagedError",
    "StoreError",
    "StoreFullError",
    "StoreReadOnlyError",
    "StoreTooNewError",
    "Submission",
    "SubmissionRecord",
    "Tries",
    "User",
]
