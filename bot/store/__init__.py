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
from bot.store.linking import Account, Linking
from bot.store.places import Joining
from bot.store.privacy import Erasing
from bot.store.reminders import Quiet
from bot.store.rounds import Round
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
    MissedItem,
    Mistake,
    Posting,
    Progress,
    Purpose,
    Question,
    Recorded,
    SampleMember,
    Spot,
    Submission,
    SubmissionRecord,
    Tries,
    User,
)
from bot.store.store import Store
from bot.store.upkeep import Ran, make_backup
from bot.store.upkeep_backup import Backup, BackupMade, list_backups
from bot.store.upkeep_restore import Restored, restore
from bot.store.weeks import Week

__all__ = [
    "Account",
    "AnswerRecord",
    "Answered",
    "Attempt",
    "Backup",
    "BackupMade",
    "BoardRow",
    "Difference",
    "Erasing",
    "Explanation",
    "Fault",
    "Group",
    "Health",
    "Joining",
    "Linking",
    "MissedItem",
    "Mistake",
    "Posting",
    "Progress",
    "Purpose",
    "Question",
    "Quiet",
    "Ran",
    "Recorded",
    "Restored",
    "Round",
    "SampleMember",
    "Spot",
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
    "Week",
    "list_backups",
    "make_backup",
    "restore",
]
