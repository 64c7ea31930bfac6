-- What answers say about memory and ability. The logs are attempt_review and placement; review_state, learner_skill and
-- item_skill are projections of them and of attempt.

-- A question may belong to a placement test. A CHECK can only be widened in the schema's own text, as SQLite's manual
-- on ALTER TABLE says; the tables made below move the schema's version on, so that every connection reads it anew.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'purpose IN (''daily'', ''quiz''', 'purpose IN (''daily'', ''quiz'', ''placement''')
WHERE type = 'table' AND name = 'question';
PRAGMA writable_schema = RESET;

-- One row per answer to a question of a course: what was asked, and how the ratings stood before it. `rated` says that it
-- moved the ratings, `reviewed` that it may move the memory of its concept. `confidence` is in per cent.
CREATE TABLE attempt_review (
  attempt_id INTEGER PRIMARY KEY REFERENCES attempt (id),
  concept TEXT NOT NULL CHECK (concept != ''),
  section TEXT NOT NULL CHECK (section != ''),
  rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 3),
  hints INTEGER NOT NULL CHECK (hints >= 0),
  confidence INTEGER CHECK (confidence BETWEEN 0 AND 100),
  guess REAL NOT NULL CHECK (guess BETWEEN 0 AND 1),
  expected REAL NOT NULL CHECK (expected BETWEEN 0 AND 1),
  learner_rating REAL NOT NULL,
  section_rating REAL NOT NULL,
  item_rating REAL NOT NULL,
  rated INTEGER NOT NULL CHECK (rated IN (0, 1)),
  reviewed INTEGER NOT NULL CHECK (reviewed IN (0, 1))
) STRICT;

CREATE TRIGGER attempt_review_is_not_changed BEFORE UPDATE ON attempt_review
BEGIN SELECT RAISE(ABORT, 'attempt_review is append-only'); END;
CREATE TRIGGER attempt_review_is_not_deleted BEFORE DELETE ON attempt_review
BEGIN SELECT RAISE(ABORT, 'attempt_review is append-only'); END;

-- What a learner remembers of a concept. local_day is the day of the latest review that counted, due_day when it comes
-- again, missed whether a miss counted on that day.
CREATE TABLE review_state (
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  concept TEXT NOT NULL,
  stability REAL NOT NULL,
  difficulty REAL NOT NULL,
  reviewed_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  reps INTEGER NOT NULL,
  lapses INTEGER NOT NULL,
  local_day TEXT NOT NULL,
  due_day TEXT NOT NULL,
  missed INTEGER NOT NULL CHECK (missed IN (0, 1)),
  PRIMARY KEY (user_id, concept)
) STRICT, WITHOUT ROWID;

-- Ratings in logits; section '' is the learner's own, the others are what a section adds to it.
CREATE TABLE learner_skill (
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  section TEXT NOT NULL,
  rating REAL NOT NULL,
  games INTEGER NOT NULL,
  PRIMARY KEY (user_id, section)
) STRICT, WITHOUT ROWID;

CREATE TABLE item_skill (
  item_id TEXT PRIMARY KEY,
  rating REAL NOT NULL,
  games INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A placement test, under way until it has ended. after_attempt is the last thing in the log it came after.
CREATE TABLE placement (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES app_user (id),
  begun_at INTEGER NOT NULL,
  ended_at INTEGER,
  after_attempt INTEGER,
  answers INTEGER,
  ability REAL,
  error REAL,
  known_json TEXT CHECK (known_json IS NULL OR json_valid(known_json)),
  CHECK ((ended_at IS NULL) = (ability IS NULL))
) STRICT;
CREATE INDEX placement_user ON placement (user_id, id);

CREATE TABLE placement_question (
  question_id INTEGER PRIMARY KEY REFERENCES question (id),
  placement_id INTEGER NOT NULL REFERENCES placement (id),
  number INTEGER NOT NULL,
  UNIQUE (placement_id, number)
) STRICT;

-- Parameters of memory fitted to a group's own answers, and with which of them whose memories are worked out.
CREATE TABLE fitted (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL REFERENCES grp (id),
  parameters TEXT NOT NULL CHECK (json_valid(parameters)),
  reviews INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX fitted_group ON fitted (group_id, id);

CREATE TABLE learner_fit (
  user_id INTEGER PRIMARY KEY REFERENCES app_user (id),
  fitted_id INTEGER NOT NULL REFERENCES fitted (id)
) STRICT;
CREATE INDEX learner_fit_fitted ON learner_fit (fitted_id);

-- Whether to ask how sure a learner is before an answer counts.
ALTER TABLE app_user ADD COLUMN ask_confidence INTEGER NOT NULL DEFAULT 0 CHECK (ask_confidence IN (0, 1));
