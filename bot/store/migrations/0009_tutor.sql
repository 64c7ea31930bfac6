-- What asking Claude needs to know: who agreed to it, what it has cost, and what it has answered before.

-- This installation's own secret, from which learners get pseudonyms that lead back to nobody.
CREATE TABLE tutor_install (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  secret TEXT NOT NULL
) STRICT;

-- Groups that decided; without a row a group on somebody's own machine has it on, any other off.
CREATE TABLE tutor_group (
  group_id INTEGER PRIMARY KEY REFERENCES grp (id) ON DELETE CASCADE,
  opted_in INTEGER NOT NULL CHECK (opted_in IN (0, 1)),
  at INTEGER NOT NULL
) STRICT;

-- Learners who have read what is sent, and those who do not want it.
CREATE TABLE tutor_learner (
  user_id INTEGER PRIMARY KEY REFERENCES app_user (id) ON DELETE CASCADE,
  off INTEGER NOT NULL DEFAULT 0 CHECK (off IN (0, 1)),
  noticed_at INTEGER
) STRICT;

-- One row for each request. Money is in billionths of a dollar: reserved is the most it could cost, cost what it did.
-- open: under way; settled: the service said what it used; unknown: nobody knows, so that it counts in full.
CREATE TABLE tutor_call (
  id INTEGER PRIMARY KEY,
  user_id INTEGER REFERENCES app_user (id) ON DELETE CASCADE,
  group_id INTEGER,
  day TEXT NOT NULL,
  model TEXT NOT NULL,
  purpose TEXT NOT NULL,
  reserved INTEGER NOT NULL CHECK (reserved >= 0),
  cost INTEGER CHECK (cost >= 0),
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'settled', 'unknown')),
  input_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  cache_read_tokens INTEGER NOT NULL DEFAULT 0,
  cache_write_tokens INTEGER NOT NULL DEFAULT 0,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX tutor_call_user ON tutor_call (user_id, day);

-- What groups have cost by UTC day, requests under way at their most; group 0 is authors. It names no learner, so that a
-- month's sum stays what it was when somebody is forgotten.
CREATE TABLE tutor_bill (
  day TEXT NOT NULL,
  group_id INTEGER NOT NULL,
  nano INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  PRIMARY KEY (day, group_id)
) STRICT, WITHOUT ROWID;

-- Answers whose fix was run and passed, by all that led to them; an empty body says that none could be shown. An answer
-- belongs to the learner whose code it was about, and goes with them.
CREATE TABLE tutor_answer (
  key TEXT PRIMARY KEY,
  user_id INTEGER REFERENCES app_user (id) ON DELETE CASCADE,
  body TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tutor_answer_user ON tutor_answer (user_id);
CREATE INDEX tutor_answer_at ON tutor_answer (at);
