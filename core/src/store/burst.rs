//! Taking what the relay sent: rosters first, then logs, in one transaction.

use doorstep_protocol::{
    admission::{Author, judge},
    head::Head,
    id::{Chain, DocumentId, Nonce, Scope, SealId},
    log::{Entry, EntryBody, Verdict},
    part::Part,
    seal::{Seal, SealError},
    store::{Stop, StoreError, Taken, TakenLog},
};
use rusqlite::{OptionalExtension as _, params};

use super::{
    META_STABLE_TIME, Store, View, alarm,
    error::At,
    judging::{self, Bench},
    rebase, rosters,
    rows::{self, LogMark, NewSeal, verified},
};

/// What comes of one entry.
enum Step {
    Next,
    /// Nothing from this entry on is taken from this log.
    Stop(Stop),
    /// It is a seal of this incarnation that is not here.
    Cloned,
}

impl Store {
    pub(super) fn burst(
        &mut self,
        logs: &[TakenLog],
        head: &Head,
        bytes: &[u8],
    ) -> Result<Taken, StoreError> {
        let realm = self.identity.realm;
        let tx = super::begin(&mut self.conn)?;
        rows::heard(&tx, head.relay_time)?;
        rows::set_meta_u64(&tx, META_STABLE_TIME, head.stable_time)?;
        let mut taken = Taken::default();
        // Kept apart until the commit, so that a failure leaves none of them.
        let mut newer = None;
        for log in logs {
            if let Some(block) = log.roster_of {
                let into = newer.get_or_insert_with(|| self.rosters.clone());
                let stop = rosters::take(&tx, &realm, into, log, block)?;
                rows::mark_log(&tx, log.scope, LogMark::Stopped, stop.is_some().into())?;
                taken.stopped.extend(stop.map(|stop| (log.scope, stop)));
            }
        }
        let held = newer.as_deref().unwrap_or(&self.rosters);
        let view = View { conn: &tx, identity: &self.identity, rosters: held };
        let mut burst = Burst { view, taken };
        for log in logs.iter().filter(|log| log.roster_of.is_none()) {
            burst.take_log(log)?;
        }
        for doc in &burst.taken.documents {
            judging::judge_pending(&view, *doc)?;
            rows::mark_dirty(&tx, *doc)?;
        }
        keep_head(&view, head, bytes)?;
        let taken = burst.taken;
        tx.commit().at("burst.commit")?;
        if let Some(newer) = newer {
            self.rosters = newer;
        }
        Ok(taken)
    }
}

struct Burst<'a> {
    view: View<'a>,
    taken: Taken,
}

impl Burst<'_> {
    fn take_log(&mut self, log: &TakenLog) -> Result<(), StoreError> {
        let (conn, realm) = (self.view.conn, self.view.identity.realm);
        let mut tip = rosters::tip(conn, &realm, log.scope)?;
        let beyond =
            log.entries.first().is_some_and(|(first, ..)| first.seq > tip.0.saturating_add(1));
        if beyond && self.is_stopped(log.scope)? {
            // It stopped in an earlier burst of this meeting; the others go on.
            return Ok(());
        }
        let mut stopped = None;
        for (entry, chain, bytes) in &log.entries {
            if entry.scope != log.scope {
                return Err(StoreError::Failed("log: of another scope".to_owned()));
            }
            if entry.seq <= tip.0
                && rosters::chain_at(conn, &realm, log.scope, entry.seq)? != Some(*chain)
            {
                tip = self.diverge(log, entry.seq)?;
            }
            let held = entry.seq <= tip.0;
            if !held && !rosters::follows(&realm, &tip, entry, *chain) {
                return Err(StoreError::Failed("log: out of order".to_owned()));
            }
            let step = if held {
                self.fill_in(log, entry, bytes.as_deref())?
            } else {
                self.take_entry(log, entry, *chain, bytes.as_deref())?
            };
            match step {
                Step::Next if held => {}
                Step::Next => tip = (entry.seq, *chain),
                Step::Cloned => {
                    self.taken.cloned = true;
                    break;
                }
                Step::Stop(stop) => {
                    self.raise(log, entry, stop)?;
                    stopped = Some(stop);
                    break;
                }
            }
        }
        rows::mark_log(conn, log.scope, LogMark::Stopped, stopped.is_some().into())?;
        self.taken.stopped.extend(stopped.map(|stop| (log.scope, stop)));
        Ok(())
    }

    fn is_stopped(&self, scope: Scope) -> Result<bool, StoreError> {
        self.view
            .conn
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM log WHERE scope = ?1 AND stopped <> 0)")
            .at("burst.stopped")?
            .query_row([scope.0], |row| row.get(0))
            .at("burst.stopped")
    }

    /// The relay's log is another one from this entry on. It was not asked about it: a cursor that
    /// was set back to fill in what is absent lies below. Gives what is left of the log.
    fn diverge(&mut self, log: &TakenLog, seq: u32) -> Result<(u32, Chain), StoreError> {
        let docs = rebase::rebase(&self.view, log.scope, seq.saturating_sub(1))?;
        self.taken.documents.extend(docs);
        rosters::tip(self.view.conn, &self.view.identity.realm, log.scope)
    }

    fn raise(&self, log: &TakenLog, entry: &Entry, stop: Stop) -> Result<(), StoreError> {
        let name = match stop {
            Stop::NeedNewerApp => alarm::NEED_NEWER_APP,
            Stop::NeedRoster => alarm::NEED_ROSTER,
            Stop::Disagrees => alarm::DISAGREES,
        };
        rows::alarm(self.view.conn, name, log.scope, &entry.seq.to_string())
    }

    /// An entry that is held: brings the seal where it was left out before.
    fn fill_in(
        &mut self,
        log: &TakenLog,
        entry: &Entry,
        bytes: Option<&[u8]>,
    ) -> Result<Step, StoreError> {
        let conn = self.view.conn;
        let absent = conn
            .prepare_cached("SELECT absent FROM entry WHERE scope = ?1 AND seq = ?2")
            .at("burst.absent")?
            .query_row(params![entry.scope.0, entry.seq], |row| row.get::<_, bool>(0))
            .optional()
            .at("burst.absent")?;
        let bytes = match (absent, bytes) {
            (Some(true), Some(bytes)) => bytes,
            // Of a log that is held only what this incarnation wrote is left out.
            (Some(true), None) if !log.left => return Ok(Step::Cloned),
            _ => return Ok(Step::Next),
        };
        let Ok(EntryBody::Seal { id, verdicts }) = entry.parse() else { return Ok(Step::Next) };
        let step = self.settle(entry, id, &verdicts, bytes)?;
        if matches!(step, Step::Next) {
            conn.execute(
                "UPDATE entry SET absent = 0 WHERE scope = ?1 AND seq = ?2",
                params![entry.scope.0, entry.seq],
            )
            .at("burst.fill")?;
        }
        Ok(step)
    }

    fn take_entry(
        &mut self,
        log: &TakenLog,
        entry: &Entry,
        chain: Chain,
        bytes: Option<&[u8]>,
    ) -> Result<Step, StoreError> {
        let conn = self.view.conn;
        let (id, verdicts) = match entry.parse() {
            Ok(EntryBody::Seal { id, verdicts }) => (id, verdicts),
            Ok(EntryBody::Skipped) => {
                rosters::insert_entry(conn, entry, chain, None, false)?;
                return Ok(Step::Next);
            }
            Ok(EntryBody::Roster(_)) | Err(_) => return Ok(Step::Stop(Stop::NeedNewerApp)),
        };
        let here = rows::seal(conn, id)?;
        let source = match (&here, bytes) {
            (Some(here), _) => here.bytes.as_slice(),
            (None, Some(bytes)) => bytes,
            (None, None) if log.left => {
                rosters::insert_entry(conn, entry, chain, Some(id.0), true)?;
                return Ok(Step::Next);
            }
            (None, None) => return Ok(Step::Cloned),
        };
        let step = self.settle(entry, id, &verdicts, source)?;
        if matches!(step, Step::Next) {
            rosters::insert_entry(conn, entry, chain, Some(id.0), false)?;
        }
        Ok(step)
    }

    /// A seal meets its entry: its verdicts are final now.
    fn settle(
        &mut self,
        entry: &Entry,
        id: SealId,
        verdicts: &[Verdict],
        bytes: &[u8],
    ) -> Result<Step, StoreError> {
        let identity = self.view.identity;
        let seal = match Seal::decode(bytes) {
            Ok(seal) => seal,
            Err(SealError::Newer | SealError::NeedRaw) => {
                return Ok(Step::Stop(Stop::NeedNewerApp));
            }
            Err(_) => return Ok(Step::Stop(Stop::Disagrees)),
        };
        if seal.head.id(&identity.realm) != id || seal.head.scope != entry.scope {
            return Ok(Step::Stop(Stop::Disagrees));
        }
        if verdicts.len() != seal.head.digests.len() {
            return Ok(Step::Stop(Stop::NeedNewerApp));
        }
        let Some(parts) = self.parts(&seal, verdicts)? else {
            return Ok(Step::Stop(Stop::Disagrees));
        };
        let at = rosters::at(self.view.rosters, seal.head.point);
        let Some(device) = at.and_then(|at| at.device(seal.head.device)) else {
            return Ok(Step::Stop(Stop::NeedRoster));
        };
        let author = Author {
            scope: seal.head.scope,
            device: seal.head.device,
            incarnation: seal.head.incarnation,
            member: device.member,
        };
        if !self.agrees(&author, &parts, verdicts)? {
            return Ok(Step::Stop(Stop::Disagrees));
        }
        self.write(entry, &seal, id, &author, &parts, verdicts)?;
        Ok(Step::Next)
    }

    /// The parts of a seal, checked; none where they are not what the digests say, or cut out though
    /// not erased.
    fn parts(
        &self,
        seal: &Seal,
        verdicts: &[Verdict],
    ) -> Result<Option<Vec<Option<Part>>>, StoreError> {
        let mut nonces: Vec<(DocumentId, Nonce)> = Vec::new();
        for part in seal.parts.iter().flatten().filter(|part| part.nonce.is_none()) {
            let nonce = rows::nonce(self.view.conn, part.doc)?;
            nonces.extend(nonce.map(|nonce| (part.doc, nonce)));
        }
        let nonce_of = |doc| nonces.iter().find(|(of, _)| *of == doc).map(|(_, nonce)| *nonce);
        let Ok(parts) = seal.check_parts(&nonce_of) else { return Ok(None) };
        let cut = |(part, verdict): (&Option<Part>, &Verdict)| {
            part.is_none() && *verdict != Verdict::Erased
        };
        Ok((!parts.iter().zip(verdicts).any(cut)).then_some(parts))
    }

    /// Whether all that the relay calls applied passes here, on what the log applied before.
    fn agrees(
        &mut self,
        author: &Author,
        parts: &[Option<Part>],
        verdicts: &[Verdict],
    ) -> Result<bool, StoreError> {
        for (part, verdict) in parts.iter().zip(verdicts) {
            let Some(part) = part else { continue };
            if self.taken.documents.insert(part.doc) {
                judging::unjudge(&self.view, part.doc)?;
            }
            if *verdict == Verdict::Applied {
                let realm = &self.view.identity.realm;
                let found = judge(&self.view, realm, author, part)?.verdict;
                if found != Verdict::Applied {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn write(
        &self,
        entry: &Entry,
        seal: &Seal,
        id: SealId,
        author: &Author,
        parts: &[Option<Part>],
        verdicts: &[Verdict],
    ) -> Result<(), StoreError> {
        let view = &self.view;
        let here = rows::seal(view.conn, id)?;
        let n = match &here {
            Some(here) if here.log_seq.is_some() => return Ok(()),
            Some(here) => here.n,
            None => {
                let verified = verified::NOT_YET;
                let new = NewSeal { id, seal, parts, author: author.member, verified };
                rows::insert_seal(view.conn, view.identity, &new)?
            }
        };
        view.conn
            .prepare_cached(
                "UPDATE seal SET log_seq = ?2, log_time = ?3, refused = NULL WHERE n = ?1",
            )
            .at("burst.settle")?
            .execute(params![n, entry.seq, entry.relay_time.cast_signed()])
            .at("burst.settle")?;
        for (number, (part, verdict)) in parts.iter().zip(verdicts).enumerate() {
            let row: i64 = view
                .conn
                .prepare_cached(
                    "UPDATE part SET verdict = ?3 WHERE seal = ?1 AND number = ?2 RETURNING n",
                )
                .at("burst.verdict")?
                .query_row(params![n, number as i64, verdict.number()], |row| row.get(0))
                .at("burst.verdict")?;
            if *verdict == Verdict::Guard && author.device == view.identity.device {
                rows::alarm(view.conn, alarm::OWN_GUARD, entry.scope, &entry.seq.to_string())?;
            }
            let Some(part) = part else { continue };
            let changes = rows_of(view, row)?;
            let part = part.clone();
            let bench = Bench {
                row: Some(row),
                author: *author,
                point: seal.head.point,
                part,
                changes,
                verdict: Some(*verdict),
            };
            judging::apply_log(view, &bench, *verdict)?;
        }
        Ok(())
    }
}

fn rows_of(view: &View<'_>, part: i64) -> Result<Vec<i64>, StoreError> {
    let mut statement = view
        .conn
        .prepare_cached("SELECT change FROM part_change WHERE part = ?1 ORDER BY number")
        .at("burst.changes")?;
    let rows = statement.query_map([part], |row| row.get(0));
    rows.and_then(Iterator::collect).at("burst.changes")
}

/// Keeps the head for each log that it proves here, where it is the newest.
fn keep_head(view: &View<'_>, head: &Head, bytes: &[u8]) -> Result<(), StoreError> {
    let mut n = None;
    for item in &head.items {
        let here = rosters::chain_at(view.conn, &view.identity.realm, item.scope, item.seq)?;
        if item.seq == 0 || here != Some(item.chain) {
            continue;
        }
        let n = match n {
            Some(n) => n,
            None => {
                view.conn
                    .execute("INSERT INTO head (bytes) VALUES (?1)", [bytes])
                    .at("head.insert")?;
                *n.insert(view.conn.last_insert_rowid())
            }
        };
        view.conn
            .prepare_cached(
                "INSERT INTO head_scope (scope, seq, head) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (scope) DO UPDATE SET seq = ?2, head = ?3 WHERE seq <= ?2",
            )
            .at("head.scope")?
            .execute(params![item.scope.0, item.seq, n])
            .at("head.scope")?;
    }
    view.conn
        .execute("DELETE FROM head WHERE n NOT IN (SELECT head FROM head_scope)", [])
        .at("head.prune")?;
    Ok(())
}
