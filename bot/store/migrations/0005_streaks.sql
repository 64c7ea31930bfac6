-- What happens to a streak and why: one append-only ledger for freezes and for dates that cannot break a run.

-- delta changes the freezes held, cover whether local_day can break a run: its sum over a date says so if positive.
-- What is taken back is entered with the signs turned, so nothing is ever rewritten. source is what caused the entry.
CREATE TABLE streak_ledger (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  delta INTEGER NOT NULL,
  cover INTEGER NOT NULL CHECK (cover BETWEEN -1 AND 1),
  reason TEXT NOT NULL
    CHECK (reason IN ('earned', 'granted', 'spent', 'bridge', 'paused', 'repaired', 'amnesty', 'kept')),
  local_day TEXT NOT NULL,
  at INTEGER NOT NULL,
  source TEXT NOT NULL DEFAULT '',
  UNIQUE (user_id, reason, local_day, source)
) STRICT;
INSERT INTO streak_ledger (id, user_id, delta, cover, reason, local_day, at)
  SELECT id, user_id, delta, delta <= 0, reason, local_day, at FROM freeze_ledger;
DROP TABLE freeze_ledger;
ALTER TABLE streak_ledger RENAME TO freeze_ledger;
CREATE INDEX freeze_ledger_user_day ON freeze_ledger (user_id, local_day);

CREATE TRIGGER freeze_ledger_is_not_changed BEFORE UPDATE ON freeze_ledger
BEGIN SELECT RAISE(ABORT, 'freeze_ledger is append-only'); END;
CREATE TRIGGER freeze_ledger_is_not_deleted BEFORE DELETE ON freeze_ledger
BEGIN SELECT RAISE(ABORT, 'freeze_ledger is append-only'); END;

-- Days made neutral for all of a group, or with group_id NULL for everyone. The newest row of a day says how it stands.
CREATE TABLE amnesty (
  id INTEGER PRIMARY KEY,
  group_id INTEGER REFERENCES grp (id),
  local_day TEXT NOT NULL,
  declared INTEGER NOT NULL CHECK (declared IN (0, 1)),
  note TEXT NOT NULL DEFAULT '',
  by_user INTEGER REFERENCES app_user (id),
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX amnesty_group ON amnesty (group_id, local_day, id);

CREATE TRIGGER amnesty_is_not_changed BEFORE UPDATE ON amnesty
BEGIN SELECT RAISE(ABORT, 'amnesty is append-only'); END;
CREATE TRIGGER amnesty_is_not_deleted BEFORE DELETE ON amnesty
BEGIN SELECT RAISE(ABORT, 'amnesty is append-only'); END;

-- How many days a week a learner aims at, from the week of from_day on; 0 ends it. The newest row of a week holds.
CREATE TABLE weekly_goal (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  from_day TEXT NOT NULL,
  days INTEGER NOT NULL CHECK (days BETWEEN 0 AND 7),
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX weekly_goal_user ON weekly_goal (user_id, id);
