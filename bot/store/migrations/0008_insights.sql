-- What answers and learners say about items. None of this is a projection: it holds acts of operators and learners.

-- The content an item has now, and since when; statistics look at answers from then on. Content first met counts from 0.
CREATE TABLE item_version (
  item_id TEXT PRIMARY KEY,
  hash TEXT NOT NULL,
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Items that are not asked just now: those without lifted_at.
CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY,
  item_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  since INTEGER NOT NULL,
  why TEXT NOT NULL,
  evidence TEXT NOT NULL CHECK (json_valid(evidence)),
  lifted_at INTEGER,
  lifted_by TEXT CHECK (lifted_by IN ('operator', 'new content')),
  CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX quarantine_open ON quarantine (item_id) WHERE lifted_at IS NULL;
CREATE INDEX quarantine_item ON quarantine (item_id, hash);

-- A learner's word that something is wrong with an item; platform is where they hear what came of it.
CREATE TABLE item_report (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  platform TEXT NOT NULL,
  item_id TEXT NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('key', 'unclear', 'typo', 'other')),
  words TEXT NOT NULL,
  at INTEGER NOT NULL,
  resolved_at INTEGER
) STRICT;
CREATE UNIQUE INDEX item_report_open ON item_report (user_id, item_id) WHERE resolved_at IS NULL;
CREATE INDEX item_report_item ON item_report (item_id) WHERE resolved_at IS NULL;
