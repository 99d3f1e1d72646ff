//! What a person does with a phone, and what goes wrong with one: saving, sealing, carrying.

use doorstep_protocol::{
    admission::{Author, judge},
    change::{Change, chunk_hash, start_op_after},
    head::Head,
    id::{
        ActId, Chain, ChangeHash, DocumentId, DocumentKind, Incarnation, Nonce, PlaceId, Point,
        Scope, SealId,
    },
    key::SoftwareKey,
    limits::SEAL_CHANGES_MAX,
    log::{Entry, Verdict},
    part::Part,
    roster::Roster,
    seal::{Seal, SealHead},
    store::Index,
};

use super::{MemoryPhone, Pending};

impl MemoryPhone {
    /// The point of the roster in which the member may enter this place, else of the first.
    pub(crate) fn point(&self, scope: Scope) -> Point {
        let gives = |roster: &&Roster| roster.tip().may_enter(self.member, scope.place());
        let roster = self.rosters.iter().find(gives).or_else(|| self.rosters.first());
        roster.map(Roster::tip_point).unwrap_or_default()
    }

    /// Saves an act that makes a document.
    pub(crate) fn create(&mut self, place: PlaceId) -> DocumentId {
        self.acts += 1;
        let mut nonce = Nonce::ZERO;
        nonce.0[..4].copy_from_slice(&self.device().0[..4]);
        nonce.0[4..8].copy_from_slice(&self.incarnation.0);
        nonce.0[8..].copy_from_slice(&(self.acts as u32).to_be_bytes());
        let kind = DocumentKind::Visit.number();
        let doc = DocumentId::of(&self.realm, place.scope(), kind, self.member, &nonce);
        self.nonces.insert(doc, nonce);
        self.put(place.scope(), doc, kind, b"born");
        doc
    }

    /// Saves an act in a document that is here.
    pub(crate) fn add(&mut self, place: PlaceId, doc: DocumentId, text: &[u8]) -> ChangeHash {
        self.put(place.scope(), doc, 0, text)
    }

    fn put(&mut self, scope: Scope, doc: DocumentId, birth: u8, text: &[u8]) -> ChangeHash {
        self.acts += 1;
        let own = self.index.newest_of(doc, self.actor());
        let mut deps = self.index.heads(doc);
        deps.extend(own.map(|(_, hash)| hash));
        let ops = deps.iter().map(|dep| self.index.change(doc, *dep).unwrap().unwrap().start_op);
        let start_op = start_op_after(ops).unwrap();
        let mut act = ActId::ZERO;
        act.0[..4].copy_from_slice(&self.device().0[..4]);
        act.0[4..].copy_from_slice(&(self.acts as u32).to_be_bytes());
        let change = Change {
            actor: self.actor(),
            seq: own.map_or(0, |(seq, _)| seq) + 1,
            start_op,
            deps: deps.into_iter().collect(),
            act,
            value: text.to_vec(),
        };
        self.put_raw(scope, doc, birth, change.encode().unwrap().bytes)
    }

    /// Saves the bytes of a change as they are, canonical or not.
    pub(crate) fn put_raw(
        &mut self,
        scope: Scope,
        doc: DocumentId,
        birth: u8,
        bytes: Vec<u8>,
    ) -> ChangeHash {
        let hash = chunk_hash(&bytes).unwrap();
        let point = self.point(scope);
        let pending = Pending { scope, point, doc, birth, bytes };
        let part = self.part(&pending);
        self.judge_own(scope, &part);
        self.pending.push(pending);
        hash
    }

    pub(super) fn part(&self, pending: &Pending) -> Part {
        Part {
            doc: pending.doc,
            nonce: self.nonces.get(&pending.doc).copied().unwrap_or_default(),
            birth: pending.birth,
            changes: vec![pending.bytes.clone()],
        }
    }

    pub(crate) fn nonce(&self, doc: DocumentId) -> Option<Nonce> {
        self.nonces.get(&doc).copied()
    }

    fn author(&self, scope: Scope) -> Author {
        let (device, incarnation, member) = (self.device(), self.incarnation, self.member);
        Author { scope, device, incarnation, member }
    }

    pub(super) fn judge_own(&mut self, scope: Scope, part: &Part) {
        let author = self.author(scope);
        let judged = judge(&self.index, &self.realm, &author, part).unwrap();
        self.index.record(&author, part, &judged);
    }

    /// Seals everything that is saved, one seal for each log, point and 256 changes.
    pub(crate) fn seal(&mut self) -> Vec<SealId> {
        let mut made = Vec::new();
        while let Some(first) = self.pending.first() {
            let (scope, point) = (first.scope, first.point);
            let mut parts: Vec<Part> = Vec::new();
            let mut rest = Vec::new();
            let mut changes = 0;
            for pending in std::mem::take(&mut self.pending) {
                if (pending.scope, pending.point) != (scope, point) || changes == SEAL_CHANGES_MAX {
                    rest.push(pending);
                    continue;
                }
                changes += 1;
                match parts.iter_mut().find(|part| part.doc == pending.doc) {
                    Some(part) => part.changes.push(pending.bytes),
                    None => parts.push(self.part(&pending)),
                }
            }
            self.pending = rest;
            made.push(self.seal_parts(scope, point, parts));
        }
        made
    }

    /// Seals these parts, whatever they hold.
    pub(crate) fn seal_parts(&mut self, scope: Scope, point: Point, parts: Vec<Part>) -> SealId {
        let head = self.next_head(scope, point);
        let seal = Seal::make(&self.key, &self.realm, head, parts).unwrap();
        self.keep(&seal)
    }

    pub(crate) fn next_head(&self, scope: Scope, point: Point) -> SealHead {
        let newest = self.newest_seal.get(&(scope, self.incarnation)).copied();
        let (seal_seq, prev) = newest.unwrap_or_default();
        SealHead {
            scope,
            device: self.device(),
            incarnation: self.incarnation,
            seal_seq: seal_seq + 1,
            prev,
            point,
            digests: Vec::new(),
        }
    }

    /// Keeps an own seal as unsent.
    pub(crate) fn keep(&mut self, seal: &Seal) -> SealId {
        let id = seal.head.id(&self.realm);
        let stream = (seal.head.scope, seal.head.incarnation);
        self.newest_seal.insert(stream, (seal.head.seal_seq, id));
        self.carry(id, seal.encode());
        id
    }

    /// Takes a seal that somebody handed over, or puts other bytes in the place of one.
    pub(crate) fn carry(&mut self, id: SealId, bytes: Vec<u8>) {
        self.seals.insert(id, bytes);
        if !self.unsent.contains(&id) {
            self.unsent.push(id);
        }
        self.replay();
    }

    /// As [`Self::carry`], in front of another that stands on it.
    pub(crate) fn carry_before(&mut self, other: SealId, id: SealId, bytes: Vec<u8>) {
        self.seals.insert(id, bytes);
        let at = self.unsent.iter().position(|unsent| *unsent == other).unwrap();
        self.unsent.insert(at, id);
        self.replay();
    }

    /// The newest change of a document that is saved and not sealed.
    pub(crate) fn unsealed(&self, doc: DocumentId) -> Vec<u8> {
        self.pending.iter().rev().find(|pending| pending.doc == doc).unwrap().bytes.clone()
    }

    pub(crate) fn forget_unsealed(&mut self) {
        self.pending.clear();
    }

    /// A store that was restored or cloned takes a new incarnation; what is sealed goes as it is.
    pub(crate) fn take_new_incarnation(&mut self, n: u8) {
        self.seal();
        self.incarnation = Incarnation([0, 0, 0, n]);
    }

    /// Holds so many logs, each of one entry that nobody else has.
    pub(crate) fn hold_logs(&mut self, n: u32) {
        for i in 0..n {
            let mut scope = Scope::ZERO;
            scope.0[..4].copy_from_slice(&i.to_be_bytes());
            let entry = Entry::seal(scope, 1, 0, SealId::ZERO, &[Verdict::Applied]);
            self.logs.insert(scope, vec![(entry, Chain([1; 32]))]);
        }
    }

    /// Puts Heads that another key signed in the place of those that were kept.
    pub(crate) fn forge_heads(&mut self, key: &SoftwareKey) {
        for (scope, head) in &mut self.heads {
            let roster = self.rosters.iter().find(|roster| roster.scope() == *scope).unwrap();
            let forged = Head::open(head, &self.realm, roster).unwrap();
            *head = forged.sign(key).unwrap();
        }
    }

    pub(crate) fn forget_heads(&mut self) {
        self.heads.clear();
    }
}
