-- Times are UTC epoch milliseconds; local days are 'YYYY-MM-DD' on the learner's own clock, frozen when written.
-- Logs: attempt, submission, xp_ledger, freeze_ledger, day_rule. Projections of them: streak_day, streak, membership.xp.

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- focus is the challenge a learner opened last.
CREATE TABLE app_user (
  id INTEGER PRIMARY KEY,
  created_at INTEGER NOT NULL,
  name TEXT NOT NULL,
  track TEXT NOT NULL DEFAULT '',
  path TEXT NOT NULL DEFAULT '',
  focus TEXT NOT NULL DEFAULT '',
  board_name TEXT NOT NULL DEFAULT '',
  board_opt_out INTEGER NOT NULL DEFAULT 0 CHECK (board_opt_out IN (0, 1)),
  sample INTEGER NOT NULL DEFAULT 0 CHECK (sample IN (0, 1))
) STRICT;

CREATE TABLE identity (
  platform TEXT NOT NULL,
  external_id TEXT NOT NULL,
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  PRIMARY KEY (platform, external_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_user ON identity (user_id);

-- How a learner's days are counted, from effective_at on. The newest row that has begun holds.
CREATE TABLE day_rule (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  tz TEXT NOT NULL,
  day_start INTEGER NOT NULL CHECK (day_start BETWEEN 0 AND 6),
  set_at INTEGER NOT NULL,
  effective_at INTEGER NOT NULL,
  zone_change INTEGER NOT NULL CHECK (zone_change IN (0, 1))
) STRICT;
CREATE INDEX day_rule_user ON day_rule (user_id, effective_at, id);

CREATE TABLE grp (
  id INTEGER PRIMARY KEY,
  platform TEXT NOT NULL,
  external_id TEXT NOT NULL,
  name TEXT NOT NULL,
  tz TEXT NOT NULL DEFAULT 'UTC',
  joined_at INTEGER NOT NULL,
  UNIQUE (platform, external_id)
) STRICT;

-- xp and hidden repeat the ledger and the user's choice, so that a board is one index scan.
CREATE TABLE membership (
  group_id INTEGER NOT NULL REFERENCES grp (id),
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  joined_at INTEGER NOT NULL,
  xp INTEGER NOT NULL DEFAULT 0,
  hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1)),
  PRIMARY KEY (group_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_board ON membership (group_id, hidden, xp DESC, user_id);
CREATE INDEX membership_user ON membership (user_id);

CREATE TABLE question (
  id INTEGER PRIMARY KEY,
  public_id TEXT NOT NULL UNIQUE,
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  item_id TEXT NOT NULL,
  seed TEXT NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('daily', 'quiz')),
  local_day TEXT NOT NULL,
  slot INTEGER NOT NULL,
  posed_at INTEGER NOT NULL,
  idem TEXT
) STRICT;
CREATE UNIQUE INDEX question_daily ON question (user_id, local_day, slot) WHERE purpose = 'daily';
CREATE UNIQUE INDEX question_idem ON question (idem, slot) WHERE idem IS NOT NULL;
CREATE INDEX question_user_day ON question (user_id, local_day, id);

CREATE TABLE submission (
  id INTEGER PRIMARY KEY,
  idem TEXT NOT NULL UNIQUE,
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  group_id INTEGER REFERENCES grp (id),
  slug TEXT NOT NULL,
  source TEXT NOT NULL,
  source_hash TEXT NOT NULL,
  verdict TEXT NOT NULL,
  report_json TEXT NOT NULL CHECK (json_valid(report_json)),
  local_day TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX submission_user_slug ON submission (user_id, slug, id);

-- One row per thing that counts. A question is answered once, for good.
CREATE TABLE attempt (
  id INTEGER PRIMARY KEY,
  idem TEXT NOT NULL UNIQUE,
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  group_id INTEGER REFERENCES grp (id),
  kind TEXT NOT NULL CHECK (kind IN ('quiz', 'challenge')),
  item_id TEXT NOT NULL,
  question_id INTEGER UNIQUE REFERENCES question (id),
  submission_id INTEGER UNIQUE REFERENCES submission (id),
  answer_text TEXT NOT NULL,
  correct INTEGER NOT NULL CHECK (correct IN (0, 1)),
  score REAL NOT NULL,
  verdict TEXT NOT NULL,
  misconceptions TEXT NOT NULL CHECK (json_valid(misconceptions)),
  local_day TEXT NOT NULL,
  tz TEXT NOT NULL,
  at INTEGER NOT NULL,
  elapsed_ms INTEGER,
  CHECK ((kind = 'quiz') = (question_id IS NOT NULL)),
  CHECK ((kind = 'challenge') = (submission_id IS NOT NULL))
) STRICT;
CREATE INDEX attempt_user_day ON attempt (user_id, local_day, id);
CREATE INDEX attempt_user_item ON attempt (user_id, kind, item_id, id);

CREATE TRIGGER attempt_is_not_changed BEFORE UPDATE ON attempt
BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;
CREATE TRIGGER attempt_is_not_deleted BEFORE DELETE ON attempt
BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;

CREATE TABLE hint_use (
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  slug TEXT NOT NULL,
  rung INTEGER NOT NULL,
  idem TEXT UNIQUE,
  local_day TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (user_id, slug, rung)
) STRICT;

-- points are before the day's soft cap, amount is what was paid.
CREATE TABLE xp_ledger (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  amount INTEGER NOT NULL,
  points INTEGER NOT NULL,
  reason TEXT NOT NULL,
  source_kind TEXT NOT NULL,
  source_id TEXT NOT NULL,
  local_day TEXT NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (source_kind, source_id, reason, user_id)
) STRICT;
CREATE INDEX xp_ledger_user_at ON xp_ledger (user_id, at, amount);
CREATE INDEX xp_ledger_user_day ON xp_ledger (user_id, local_day, points);

CREATE TRIGGER xp_ledger_is_not_changed BEFORE UPDATE ON xp_ledger
BEGIN SELECT RAISE(ABORT, 'xp_ledger is append-only'); END;
CREATE TRIGGER xp_ledger_is_not_deleted BEFORE DELETE ON xp_ledger
WHEN NOT EXISTS (SELECT 1 FROM app_user WHERE id = OLD.user_id AND sample = 1)
BEGIN SELECT RAISE(ABORT, 'xp_ledger is append-only'); END;

-- delta +n for an earned freeze, -1 for one spent on local_day, 0 for a date a change of time zone swallowed.
CREATE TABLE freeze_ledger (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  delta INTEGER NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('earned', 'spent', 'bridge')),
  local_day TEXT NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (user_id, reason, local_day)
) STRICT;

CREATE TRIGGER freeze_ledger_is_not_changed BEFORE UPDATE ON freeze_ledger
BEGIN SELECT RAISE(ABORT, 'freeze_ledger is append-only'); END;
CREATE TRIGGER freeze_ledger_is_not_deleted BEFORE DELETE ON freeze_ledger
BEGIN SELECT RAISE(ABORT, 'freeze_ledger is append-only'); END;

CREATE TABLE streak_day (
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  local_day TEXT NOT NULL,
  PRIMARY KEY (user_id, local_day)
) STRICT, WITHOUT ROWID;

CREATE TABLE streak (
  user_id INTEGER PRIMARY KEY REFERENCES app_user (id),
  current INTEGER NOT NULL,
  best INTEGER NOT NULL,
  last_day TEXT,
  freezes INTEGER NOT NULL CHECK (freezes BETWEEN 0 AND 2)
) STRICT;

CREATE TABLE explanation (
  attempt_id INTEGER PRIMARY KEY REFERENCES attempt (id),
  source TEXT NOT NULL,
  body TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
