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

-- Where a round's answer was shown, and by which delivery; from then on answering it there counts for nothing.
CREATE TABLE round_reveal (
  round_id INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
  platform TEXT NOT NULL,
  external_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  delivery_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (round_id, platform, external_id, channel)
) STRICT, WITHOUT ROWID;

-- The hours of a learner's day in which nothing is sent to them; the same hour twice means none.
CREATE TABLE quiet (
  user_id INTEGER PRIMARY KEY REFERENCES app_user (id) ON DELETE CASCADE,
  start_hour INTEGER NOT NULL CHECK (start_hour BETWEEN 0 AND 23),
  end_hour INTEGER NOT NULL CHECK (end_hour BETWEEN 0 AND 23)
) STRICT;

-- The first day, there, on which a place's posts come again.
ALTER TABLE place ADD COLUMN paused_until TEXT;
