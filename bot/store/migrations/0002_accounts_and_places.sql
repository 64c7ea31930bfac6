-- One learner may have accounts on several platforms, and one group places on several.

-- Two learners who proved to be one person go on as a new one; the log of what they did changes hands with them, and
-- in nothing else. Who was merged stays as a row without a future.
CREATE TABLE merger (
  from_user INTEGER PRIMARY KEY REFERENCES app_user (id),
  into_user INTEGER NOT NULL REFERENCES app_user (id),
  at INTEGER NOT NULL,
  CHECK (from_user < into_user)
) STRICT;
CREATE INDEX merger_into ON merger (into_user);

CREATE TRIGGER merger_is_not_changed BEFORE UPDATE ON merger
BEGIN SELECT RAISE(ABORT, 'merger is append-only'); END;
CREATE TRIGGER merger_is_not_deleted BEFORE DELETE ON merger
BEGIN SELECT RAISE(ABORT, 'merger is append-only'); END;

DROP TRIGGER attempt_is_not_changed;
CREATE TRIGGER attempt_is_not_changed BEFORE UPDATE OF id, idem, group_id, kind, item_id, question_id, submission_id,
  answer_text, correct, score, verdict, misconceptions, local_day, tz, at, elapsed_ms ON attempt
BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;
CREATE TRIGGER attempt_stays_with_its_learner BEFORE UPDATE OF user_id ON attempt
WHEN NOT EXISTS (SELECT 1 FROM merger WHERE from_user = OLD.user_id AND into_user = NEW.user_id)
BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;

DROP TRIGGER xp_ledger_is_not_changed;
CREATE TRIGGER xp_ledger_is_not_changed BEFORE UPDATE OF id, amount, points, reason, source_kind, source_id, local_day,
  at ON xp_ledger
BEGIN SELECT RAISE(ABORT, 'xp_ledger is append-only'); END;
CREATE TRIGGER xp_ledger_stays_with_its_learner BEFORE UPDATE OF user_id ON xp_ledger
WHEN NOT EXISTS (SELECT 1 FROM merger WHERE from_user = OLD.user_id AND into_user = NEW.user_id)
BEGIN SELECT RAISE(ABORT, 'xp_ledger is append-only'); END;

-- What to tell the person behind an account when they are next there.
ALTER TABLE identity ADD COLUMN news TEXT NOT NULL DEFAULT '';

-- Short-lived codes that prove who holds two accounts, or who manages two places. Only a hash of each is kept.
CREATE TABLE code (
  hash TEXT PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('link', 'group')),
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  group_id INTEGER REFERENCES grp (id),
  platform TEXT NOT NULL,
  external_id TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE code_try (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX code_try_user ON code_try (user_id, at);

-- A server or workspace (channel '') or one of its channels: which group it belongs to when not to the one of its own,
-- and how its posts were set up.
CREATE TABLE place (
  id INTEGER PRIMARY KEY,
  platform TEXT NOT NULL,
  external_id TEXT NOT NULL,
  channel TEXT NOT NULL DEFAULT '',
  group_id INTEGER REFERENCES grp (id),
  post_channel TEXT NOT NULL DEFAULT '',
  hour INTEGER CHECK (hour BETWEEN 0 AND 23),
  tz TEXT NOT NULL DEFAULT '',
  track TEXT NOT NULL DEFAULT '',
  ping TEXT NOT NULL DEFAULT '',
  made_at INTEGER NOT NULL,
  UNIQUE (platform, external_id, channel)
) STRICT;
CREATE INDEX place_group ON place (group_id);
