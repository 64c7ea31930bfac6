-- What learners say of explanations: whether one helped, and what they ask about it. Each belongs to the attempt it explains.

-- The line of the learner's own code that an explanation names, and whether it names a cause.
ALTER TABLE explanation ADD COLUMN line INTEGER;
ALTER TABLE explanation ADD COLUMN specific INTEGER NOT NULL DEFAULT 0 CHECK (specific IN (0, 1));

-- One vote for the explanation made here, and one for what an assistant added; source is the rule that made it.
CREATE TABLE explanation_vote (
  attempt_id INTEGER NOT NULL REFERENCES attempt (id),
  ai INTEGER NOT NULL CHECK (ai IN (0, 1)),
  source TEXT NOT NULL,
  helpful INTEGER NOT NULL CHECK (helpful IN (0, 1)),
  at INTEGER NOT NULL,
  PRIMARY KEY (attempt_id, ai)
) STRICT, WITHOUT ROWID;

-- What an assistant said of an attempt: without a question, what it added by itself. Kept for this one explanation.
CREATE TABLE explanation_turn (
  id INTEGER PRIMARY KEY,
  attempt_id INTEGER NOT NULL REFERENCES attempt (id),
  idem TEXT NOT NULL UNIQUE,
  question TEXT NOT NULL,
  answer TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX explanation_turn_attempt ON explanation_turn (attempt_id, id);
