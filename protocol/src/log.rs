//! Entries of a log and the hash chain over them. In work.
