-- What posts ask and whom they remind. A round is one question put to a whole group on one of its days; members answer
-- copies of their own, all under the round's seed, so that letters mean the same to everyone.
CREATE TABLE round (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES grp (id) ON DELETE CASCADE,
  local_day TEXT NOT NULL,
  item_id TEXT NOT NULL,
  seed TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  UNIQUE (group_id, local_day)
) STRICT;

CREATE TABLE round_copy (
  question_id INTEGER PRIMARY KEY REFERENCES question (id) ON DELETE CASCADE,
  round_id INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX round_copy_round ON round_copy (round_id);

-- Where a round's answer was shown; from then on answering it there counts for nothing.
CREATE TABLE round_reveal (
  round_id INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
  platform TEXT NOT NULL,
  external_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (round_id, platform, external_id)
) STRICT, WITHOUT ROWID;

-- A learner's wish to be reminded: on which account, at which minute of their day, and in which hours never.
CREATE TABLE reminder (
  user_id INTEGER PRIMARY KEY REFERENCES app_user (id) ON DELETE CASCADE,
  platform TEXT NOT NULL DEFAULT '',
  person TEXT NOT NULL DEFAULT '',
  minute INTEGER CHECK (minute BETWEEN 0 AND 1439),
  quiet_from INTEGER NOT NULL DEFAULT 22 CHECK (quiet_from BETWEEN 0 AND 23),
  quiet_until INTEGER NOT NULL DEFAULT 8 CHECK (quiet_until BETWEEN 0 AND 23)
) STRICT;

-- The first day, there, on which a place's posts come again.
ALTER TABLE place ADD COLUMN paused_until TEXT;
