-- What comes by itself. A schedule is never deleted while its place exists, so that switching it off and on again cannot
-- send a day twice. What is due is found by its index: not paused, not in trouble, and with somewhere to post.

-- place and spot are those of the place whose posts were set up (spot '' is all of it); of a person's, '' both, and channel
-- is their account. why says what is wrong since a post was refused for good. own_time: an admin chose it, so it does not
-- follow the place's hour. Nothing due before since_utc is made up for. next_due_utc includes the place's shift of seconds.
CREATE TABLE schedule (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('question', 'challenge', 'reveal', 'recap', 'reminder')),
  platform TEXT NOT NULL,
  place TEXT NOT NULL,
  spot TEXT NOT NULL,
  user_id INTEGER REFERENCES app_user (id),
  channel TEXT NOT NULL,
  ping TEXT NOT NULL DEFAULT '',
  local_time TEXT NOT NULL,
  own_time INTEGER NOT NULL DEFAULT 0 CHECK (own_time IN (0, 1)),
  weekdays INTEGER NOT NULL CHECK (weekdays BETWEEN 1 AND 127),
  tz TEXT NOT NULL,
  since_utc INTEGER NOT NULL,
  next_local_date TEXT NOT NULL,
  next_due_utc INTEGER NOT NULL,
  paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
  why TEXT NOT NULL DEFAULT '',
  CHECK ((kind = 'reminder') = (user_id IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX schedule_place ON schedule (platform, place, spot, kind) WHERE user_id IS NULL;
CREATE UNIQUE INDEX schedule_person ON schedule (user_id, kind) WHERE user_id IS NOT NULL;
CREATE INDEX schedule_due ON schedule (next_due_utc) WHERE paused = 0 AND why = '' AND channel != '';

-- One post of one local date. waiting: until lease_until; claimed: by owner, until lease_until; then sent, skipped (with
-- why: late, or nothing to say) or failed for good. Repeats what it needs of its schedule, which may change later.
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY,
  schedule_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  platform TEXT NOT NULL,
  place TEXT NOT NULL,
  channel TEXT NOT NULL,
  ping TEXT NOT NULL,
  group_id INTEGER REFERENCES grp (id),
  user_id INTEGER REFERENCES app_user (id),
  local_date TEXT NOT NULL,
  tz TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  item_id TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('waiting', 'claimed', 'sent', 'skipped', 'failed')),
  lease_until INTEGER NOT NULL,
  owner TEXT NOT NULL DEFAULT '',
  tries INTEGER NOT NULL DEFAULT 0,
  message TEXT NOT NULL DEFAULT '',
  thread TEXT NOT NULL DEFAULT '',
  sent_at INTEGER,
  why TEXT NOT NULL DEFAULT '',
  UNIQUE (schedule_id, local_date)
) STRICT;
CREATE INDEX delivery_open ON delivery (lease_until) WHERE state IN ('waiting', 'claimed');
CREATE INDEX delivery_channel ON delivery (platform, channel, kind, due_at);
CREATE INDEX delivery_group ON delivery (group_id, kind, local_date);
CREATE UNIQUE INDEX delivery_person ON delivery (user_id, kind, local_date) WHERE user_id IS NOT NULL;

-- What a group's posts of a local date are about, whichever of its places came first.
CREATE TABLE post_item (
  group_id INTEGER NOT NULL REFERENCES grp (id),
  kind TEXT NOT NULL,
  local_date TEXT NOT NULL,
  item_id TEXT NOT NULL,
  PRIMARY KEY (group_id, kind, local_date)
) STRICT, WITHOUT ROWID;
