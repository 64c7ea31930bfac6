-- What members of a group do together: ranks in large groups, weekly goals, leagues, pairs and duels.

-- How many members on the board of a large group have which number of XP. A group is counted once it is large; from then
-- on the triggers keep its counts in the transaction that moves its members.
CREATE TABLE counted_group (
  group_id INTEGER PRIMARY KEY REFERENCES grp (id)
) STRICT;

CREATE TABLE xp_count (
  group_id INTEGER NOT NULL REFERENCES grp (id),
  xp INTEGER NOT NULL,
  n INTEGER NOT NULL CHECK (n > 0),
  PRIMARY KEY (group_id, xp)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER membership_joins_its_count AFTER INSERT ON membership
WHEN NEW.hidden = 0 AND NEW.xp > 0 AND EXISTS (SELECT 1 FROM counted_group WHERE group_id = NEW.group_id)
BEGIN
  INSERT INTO xp_count (group_id, xp, n) VALUES (NEW.group_id, NEW.xp, 1)
  ON CONFLICT (group_id, xp) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER membership_enters_its_count AFTER UPDATE OF xp, hidden ON membership
WHEN NEW.hidden = 0 AND NEW.xp > 0 AND EXISTS (SELECT 1 FROM counted_group WHERE group_id = NEW.group_id)
BEGIN
  INSERT INTO xp_count (group_id, xp, n) VALUES (NEW.group_id, NEW.xp, 1)
  ON CONFLICT (group_id, xp) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER membership_leaves_its_count AFTER UPDATE OF xp, hidden ON membership
WHEN OLD.hidden = 0 AND OLD.xp > 0 AND EXISTS (SELECT 1 FROM counted_group WHERE group_id = OLD.group_id)
BEGIN
  DELETE FROM xp_count WHERE group_id = OLD.group_id AND xp = OLD.xp AND n = 1;
  UPDATE xp_count SET n = n - 1 WHERE group_id = OLD.group_id AND xp = OLD.xp;
END;
CREATE TRIGGER membership_quits_its_count AFTER DELETE ON membership
WHEN OLD.hidden = 0 AND OLD.xp > 0 AND EXISTS (SELECT 1 FROM counted_group WHERE group_id = OLD.group_id)
BEGIN
  DELETE FROM xp_count WHERE group_id = OLD.group_id AND xp = OLD.xp AND n = 1;
  UPDATE xp_count SET n = n - 1 WHERE group_id = OLD.group_id AND xp = OLD.xp;
END;

-- What an admin set for a group; a NULL follows the group's size, or the usual share.
CREATE TABLE group_goal (
  group_id INTEGER PRIMARY KEY REFERENCES grp (id),
  weekly_xp INTEGER CHECK (weekly_xp > 0),
  streak_share INTEGER CHECK (streak_share BETWEEN 1 AND 100)
) STRICT;

-- Leagues of a week that begins on a Monday, made once and kept: 0 leagues where too few members worked.
CREATE TABLE league_week (
  group_id INTEGER NOT NULL REFERENCES grp (id),
  week TEXT NOT NULL,
  leagues INTEGER NOT NULL,
  settled_at INTEGER NOT NULL,
  PRIMARY KEY (group_id, week)
) STRICT, WITHOUT ROWID;

-- League 1 is the highest. moved is +1 for who came up, -1 for who came down.
CREATE TABLE league_place (
  group_id INTEGER NOT NULL,
  week TEXT NOT NULL,
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  league INTEGER NOT NULL CHECK (league > 0),
  moved INTEGER NOT NULL CHECK (moved BETWEEN -1 AND 1),
  PRIMARY KEY (group_id, week, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX league_place_user ON league_place (user_id);

-- Codes that one member shows and another types, for longer than those that link accounts. Only hashes are kept.
CREATE TABLE game_code (
  hash TEXT PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('pair', 'duel')),
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX game_code_user ON game_code (user_id);

-- since_day is when the asked one agreed; their common streak counts from then.
CREATE TABLE pair (
  id INTEGER PRIMARY KEY,
  asker INTEGER NOT NULL REFERENCES app_user (id),
  asked INTEGER NOT NULL REFERENCES app_user (id),
  made_at INTEGER NOT NULL,
  since_day TEXT,
  ended_at INTEGER,
  CHECK (asker != asked OR ended_at IS NOT NULL)
) STRICT;
CREATE INDEX pair_asker ON pair (asker) WHERE ended_at IS NULL;
CREATE INDEX pair_asked ON pair (asked) WHERE ended_at IS NULL;

-- An open challenge has no rival yet. items is a JSON list of item ids, the same for both.
CREATE TABLE duel (
  id INTEGER PRIMARY KEY,
  group_id INTEGER REFERENCES grp (id),
  challenger INTEGER NOT NULL REFERENCES app_user (id),
  rival INTEGER REFERENCES app_user (id),
  items TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(items)),
  made_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  ended_at INTEGER,
  CHECK (challenger != rival OR ended_at IS NOT NULL)
) STRICT;
CREATE INDEX duel_challenger ON duel (challenger);
CREATE INDEX duel_rival ON duel (rival);
CREATE INDEX duel_open ON duel (group_id) WHERE rival IS NULL AND ended_at IS NULL;

CREATE TABLE duel_question (
  duel_id INTEGER NOT NULL REFERENCES duel (id),
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  slot INTEGER NOT NULL,
  question_id INTEGER NOT NULL UNIQUE REFERENCES question (id),
  PRIMARY KEY (duel_id, user_id, slot)
) STRICT, WITHOUT ROWID;

-- How a duel ended for each. delta is what it did to the rating, which is the start and all deltas.
CREATE TABLE duel_score (
  duel_id INTEGER NOT NULL REFERENCES duel (id),
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  correct INTEGER NOT NULL,
  took_ms INTEGER NOT NULL,
  delta REAL NOT NULL,
  PRIMARY KEY (duel_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX duel_score_user ON duel_score (user_id);
