//! The day: a morning with signal, hours without, the evening when everything comes together.

use std::{
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::task::JoinSet;

use super::{
    child::{RelayProcess, RelaySpec},
    deed::Write,
    district::District,
    path::NetworkPath,
    plan::{Plan, Stage, WriteKill, clock_ms},
    progress::{Part, Progress},
    replica::Replica,
    setup::{Folders, apply_register, invite, open_paths, relay_spec, start_phones, start_relay},
    worker::{DayError, Shared, Synced, Worker, set_clock},
};

/// What one sync may take when there is signal.
const SYNC_BUDGET: Duration = Duration::from_secs(20);
/// What one may take while the relay is killed under it.
const STORM_BUDGET: Duration = Duration::from_secs(4);
/// How long somebody without signal looks for the relay.
const VAIN_BUDGET: Duration = Duration::from_millis(1_500);
/// Rounds in which all sync until nothing moves any more.
const ROUNDS_MAX: usize = 12;
/// In the evening so many of a thousand packets are lost.
const LOSS_PER_MILLE: u16 = 20;

/// The running demo.
#[derive(Debug)]
pub(super) struct Day {
    folders: Folders,
    plan: Arc<Plan>,
    workers: Vec<Worker>,
    paths: Vec<NetworkPath>,
    /// The relay, which stays when the day is over.
    pub(super) relay: RelayProcess,
    relay_spec: RelaySpec,
    /// Ledger and counters.
    pub(super) shared: Arc<Shared>,
    seed: u64,
    /// SIGKILLs to the relay.
    pub(super) relay_kills: u64,
    /// Syncs that broke off when the relay was killed.
    pub(super) broken_syncs: usize,
    /// Rounds of syncs until nothing moved, in the evening.
    pub(super) rounds: usize,
}

/// The parts of the time with signal.
const NAMES: [&str; 5] = [
    "three days before 三天前",
    "two days before 两天前",
    "the day before 前一天",
    "grievances 收集诉求",
    "first steps 先行处理",
];

/// When the day is over and everything is compared, ms.
pub(super) fn over_ms() -> u64 {
    clock_ms(17, 0)
}

/// When phones are at rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    /// All delivered everything in one round and received everything in the next.
    Known,
    /// A round in which nothing moved: what was to be known is seen to be so.
    Seen,
}

/// What a phone's driver is to do next.
enum Task {
    Enrol(String),
    Write { writes: Vec<Write>, kills: Vec<WriteKill>, vain_before: Option<usize> },
    Sync { now_ms: u64, budget: Duration },
    SyncAndKill { now_ms: u64, after: Duration },
    Read,
}

/// What came of it.
enum Done {
    Nothing,
    Synced(Synced),
    Read(Box<Replica>),
}

async fn perform(
    worker: &mut Worker,
    shared: &Shared,
    part: &Part,
    task: Task,
) -> Result<Done, DayError> {
    match task {
        Task::Enrol(invitation) => {
            worker.enrol(&invitation).await?;
            part.step();
        }
        Task::Write { writes, kills, vain_before } => {
            for (n, write) in writes.iter().enumerate() {
                if vain_before == Some(n) {
                    worker.sync_in_vain(shared, VAIN_BUDGET).await?;
                }
                let kill = kills.iter().find(|kill| kill.write == n).copied();
                worker.write(shared, write, kill).await?;
                part.step();
            }
        }
        Task::Sync { now_ms, budget } => {
            worker.set_clock(now_ms)?;
            let synced = worker.try_sync(shared, budget).await?;
            part.step();
            return Ok(Done::Synced(synced));
        }
        Task::SyncAndKill { now_ms, after } => {
            worker.set_clock(now_ms)?;
            worker.sync_and_kill(shared, STORM_BUDGET, after).await?;
            part.step();
        }
        Task::Read => {
            let replica = Replica::of_phone(worker.phone()).await;
            let replica = replica.map_err(|error| DayError::Realm(error.to_string()))?;
            part.step();
            return Ok(Done::Read(Box::new(replica)));
        }
    }
    Ok(Done::Nothing)
}

/// All drivers at once, each its task; the first error ends it when all are back.
async fn all_at_once(
    workers: &mut Vec<Worker>,
    shared: &Arc<Shared>,
    part: &Arc<Part>,
    tasks: Vec<Task>,
) -> Result<Vec<Done>, DayError> {
    let mut running = JoinSet::new();
    for (mut worker, task) in std::mem::take(workers).into_iter().zip(tasks) {
        let (shared, part) = (Arc::clone(shared), Arc::clone(part));
        running.spawn(async move {
            let done = perform(&mut worker, &shared, &part, task).await;
            (worker, done)
        });
    }
    let mut back = Vec::new();
    while let Some(joined) = running.join_next().await {
        let joined = joined.map_err(|error| DayError::Realm(format!("a driver: {error}")))?;
        back.push(joined);
    }
    back.sort_by_key(|(worker, _)| worker.number);
    let (ended, results): (Vec<Worker>, Vec<_>) = back.into_iter().unzip();
    *workers = ended;
    results.into_iter().collect()
}

impl Day {
    /// Starts the relay and the phones.
    pub(super) async fn begin(
        folders: Folders,
        plan: Arc<Plan>,
        shared: Arc<Shared>,
        program: &Path,
        seed: u64,
    ) -> Result<Self, DayError> {
        let relay_spec = relay_spec(&folders, program);
        let relay = start_relay(&relay_spec).await?;
        let paths = open_paths(&relay, plan.phones.len())?;
        let workers = start_phones(&folders, program, &plan.phones)?;
        Ok(Self {
            folders,
            plan,
            workers,
            paths,
            relay,
            relay_spec,
            shared,
            seed,
            relay_kills: 0,
            broken_syncs: 0,
            rounds: 0,
        })
    }

    async fn all(&mut self, part: &Arc<Part>, tasks: Vec<Task>) -> Result<Vec<Done>, DayError> {
        all_at_once(&mut self.workers, &self.shared, part, tasks).await
    }

    fn for_each(&self, task: impl Fn(usize) -> Task) -> Vec<Task> {
        (0..self.workers.len()).map(task).collect()
    }

    /// Every phone enrols by an invitation through its own path.
    pub(super) async fn enrol(&mut self, progress: &Progress) -> Result<(), DayError> {
        let part = Arc::new(progress.begin("phones enrol 登记手机", self.workers.len()));
        let invitations = invite(&self.folders, &self.plan.phones, &self.paths)?;
        self.all(&part, invitations.into_iter().map(Task::Enrol).collect()).await?;
        finish(part, &format!("{} phones", self.workers.len()));
        Ok(())
    }

    /// With signal, three days and a morning: everybody writes, then all sync.
    pub(super) async fn morning(&mut self, progress: &Progress) -> Result<(), DayError> {
        let plan = Arc::clone(&self.plan);
        for (n, stage) in plan.morning.iter().enumerate() {
            let name = NAMES.get(n).copied().unwrap_or("morning 上午");
            self.stage(progress, name, stage, &[]).await?;
            self.settle(progress, stage.to_ms, Rest::Known).await?;
        }
        Ok(())
    }

    async fn stage(
        &mut self,
        progress: &Progress,
        name: &'static str,
        stage: &Stage,
        kills: &[WriteKill],
    ) -> Result<(), DayError> {
        let total: usize = stage.writes.iter().map(Vec::len).sum();
        let part = Arc::new(progress.begin(name, total));
        let is_offline = !kills.is_empty();
        let tasks = stage.writes.iter().enumerate().map(|(phone, writes)| Task::Write {
            writes: writes.clone(),
            kills: kills.iter().filter(|kill| kill.phone == phone).copied().collect(),
            vain_before: is_offline.then_some(writes.len() / 2),
        });
        let tasks = tasks.collect();
        self.all(&part, tasks).await?;
        finish(part, &format!("{total} acts saved"));
        Ok(())
    }

    /// No signal: every packet is dropped. Everybody goes on working; some phones are killed while they
    /// may be writing; a building is given to another grid meanwhile.
    pub(super) async fn offline(
        &mut self,
        progress: &Progress,
        district: &District,
    ) -> Result<(), DayError> {
        for path in &self.paths {
            path.set_signal(false);
        }
        self.set_relay_clock(clock_ms(12, 0))?;
        if let Some(given) = &self.plan.given {
            let mut grids = district.blocks.iter().flat_map(|block| &block.grids);
            if let Some(to) = grids.find(|to| to.code == given.grid) {
                let file = district.with_building_given(&given.building, to);
                apply_register(&self.folders, &file, clock_ms(12, 0))?;
            }
        }
        let plan = Arc::clone(&self.plan);
        self.stage(progress, "without signal 没有信号", &plan.offline, &plan.write_kills).await
    }

    /// The signal is back, and poor: all sync at once, the relay and some phones are killed in the middle
    /// of it and started again; then all sync until nothing moves.
    pub(super) async fn evening(&mut self, progress: &Progress) -> Result<(), DayError> {
        for (n, path) in (0_u64..).zip(&self.paths) {
            path.set_loss(LOSS_PER_MILLE, self.seed.wrapping_add(n));
            path.set_signal(true);
        }
        let now_ms = over_ms();
        self.set_relay_clock(now_ms)?;
        let part = Arc::new(progress.begin("all sync, relay killed 中继被杀", self.workers.len()));
        let kills = self.plan.sync_kills.clone();
        let tasks = self.for_each(|phone| match kills.iter().find(|kill| kill.phone == phone) {
            Some(kill) => Task::SyncAndKill { now_ms, after: Duration::from_millis(kill.after_ms) },
            None => Task::Sync { now_ms, budget: STORM_BUDGET },
        });
        let spec = self.relay_spec.clone();
        let after = Duration::from_millis(self.plan.relay_kill_ms);
        let (done, relay) = tokio::join!(
            all_at_once(&mut self.workers, &self.shared, &part, tasks),
            kill_and_restart(&mut self.relay, &spec, after, &self.paths),
        );
        relay?;
        self.relay_kills += 1;
        let broken = |done: &&Done| matches!(done, Done::Synced(synced) if !synced.complete);
        self.broken_syncs = done?.iter().filter(broken).count();
        finish(part, &format!("{} phones killed too", self.plan.sync_kills.len()));
        self.rounds = self.settle(progress, now_ms, Rest::Seen).await?;
        Ok(())
    }

    /// All sync, again and again, until they are at rest.
    async fn settle(
        &mut self,
        progress: &Progress,
        now_ms: u64,
        rest: Rest,
    ) -> Result<usize, DayError> {
        self.set_relay_clock(now_ms)?;
        let part = Arc::new(progress.begin("all sync 同步", self.workers.len() * 3));
        let mut left = String::new();
        let mut delivered = false;
        for round in 1..=ROUNDS_MAX {
            let tasks = self.for_each(|_| Task::Sync { now_ms, budget: SYNC_BUDGET });
            let done = self.all(&part, tasks).await?;
            let moving: Vec<String> = (1..)
                .zip(&done)
                .filter(|(_, done)| !matches!(done, Done::Synced(synced) if synced.quiet))
                .map(|(number, _): (usize, _)| number.to_string())
                .collect();
            let all = |is: fn(&Synced) -> bool| {
                done.iter().all(|done| matches!(done, Done::Synced(synced) if is(synced)))
            };
            let received = delivered && all(|synced| synced.complete);
            delivered = all(|synced| synced.delivered);
            if moving.is_empty() || (rest == Rest::Known && received) {
                finish(part, &format!("at rest after {round} rounds"));
                return Ok(round);
            }
            left = format!("phones {}", moving.join(", "));
        }
        Err(DayError::Restless { rounds: ROUNDS_MAX, left })
    }

    /// Asks every phone for everything.
    pub(super) async fn replicas(&mut self, progress: &Progress) -> Result<Vec<Replica>, DayError> {
        let part = Arc::new(progress.begin("everything is compared 逐条核对", self.workers.len()));
        let tasks = self.for_each(|_| Task::Read);
        let done = self.all(&part, tasks).await?;
        let replicas: Vec<Replica> = done
            .into_iter()
            .filter_map(|done| match done {
                Done::Read(replica) => Some(*replica),
                _ => None,
            })
            .collect();
        let acts: usize = replicas.iter().map(|replica| replica.acts.len()).sum();
        finish(part, &format!("{acts} acts on {} phones", replicas.len()));
        Ok(replicas)
    }

    fn set_relay_clock(&self, now_ms: u64) -> Result<(), DayError> {
        Ok(set_clock(&self.folders.clock(), now_ms)?)
    }

    /// Bytes and packets that went over the paths: up, down, dropped.
    pub(super) fn traffic(&self) -> (u64, u64, u64) {
        self.paths.iter().fold((0, 0, 0), |(up, down, dropped), path| {
            (up + path.bytes_up(), down + path.bytes_down(), dropped + path.packets_dropped())
        })
    }

    /// Meetings, kills, lost answers, of these saved before, unreachable syncs.
    pub(super) fn counted(&self) -> [u64; 5] {
        let counters = &self.shared.counters;
        [
            &counters.meetings,
            &counters.kills,
            &counters.answers_lost,
            &counters.saved_before,
            &counters.unreachable,
        ]
        .map(|counter| counter.load(Ordering::Relaxed))
    }

    /// Ends the phones in order; the relay stays.
    pub(super) async fn dismiss(&mut self) -> Result<(), DayError> {
        for worker in self.workers.drain(..) {
            worker.quit().await?;
        }
        Ok(())
    }
}

async fn kill_and_restart(
    relay: &mut RelayProcess,
    spec: &RelaySpec,
    after: Duration,
    paths: &[NetworkPath],
) -> Result<(), DayError> {
    // The moment of the kill is what the seed drew: not a wait for anything.
    tokio::time::sleep(after).await;
    relay.kill().await?;
    *relay = RelayProcess::start(spec).await?;
    for path in paths {
        path.set_relay(relay.phones);
    }
    Ok(())
}

/// The last to hold it says that it is done.
fn finish(part: Arc<Part>, what: &str) {
    if let Some(part) = Arc::into_inner(part) {
        part.done(what);
    }
}
