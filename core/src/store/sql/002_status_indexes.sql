-- For the counts of the status: without them every change is read.
CREATE INDEX change_settled ON change (n) WHERE own = 1 AND state = 0;
CREATE INDEX change_aside ON change (n) WHERE own = 1 AND state = 2;
