//! The processes of a demo: phones and the relay, each from this same executable.
//!
//! Only processes that were started here are ended here, by their own handle. A process that its owner
//! drops is killed.

use std::{
    fs::OpenOptions,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

/// One line of a child at most: a page of a `dump`.
const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// How long a relay may take until it says where it listens.
const READY_MAX: Duration = Duration::from_secs(30);
/// How long a child may take to end by itself.
const END_MAX: Duration = Duration::from_secs(15);

/// A child did not do what was asked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(super) enum ChildError {
    /// It could not be started, written to or read from.
    #[error("{name}: {source}")]
    Io {
        /// Which child.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// It is gone, and with it its answer.
    #[error("{0} has ended without an answer")]
    Gone(String),
    /// No answer within the time there is.
    #[error("{name} gave no answer to `{asked}` within {seconds} s")]
    Late {
        /// Which child.
        name: String,
        /// What was asked.
        asked: String,
        /// How long it had.
        seconds: u64,
    },
    /// What it said is not of the contract.
    #[error("{0} said what is not of the contract")]
    Talk(String),
    /// It answered with an error.
    #[error("{name}: `{asked}` was refused: {fault}")]
    Refused {
        /// Which child.
        name: String,
        /// What was asked.
        asked: String,
        /// Its answer.
        fault: Fault,
    },
}

/// An error that a phone answers with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Error)]
#[error("{kind} ({detail})")]
pub(super) struct Fault {
    /// What the caller is to do.
    pub(super) kind: String,
    /// More; never a resident's words.
    #[serde(default)]
    pub(super) detail: String,
}

/// A phone's answer.
pub(super) type Answer = Result<Value, Fault>;

#[derive(Deserialize)]
struct Line {
    id: Option<u64>,
    ok: Option<Value>,
    error: Option<Fault>,
    event: Option<Value>,
}

/// Lines from a child, each of a bounded length.
#[derive(Debug)]
struct Lines {
    from: BufReader<ChildStdout>,
    buffer: Vec<u8>,
}

impl Lines {
    fn new(from: ChildStdout) -> Self {
        Self { from: BufReader::new(from), buffer: Vec::new() }
    }

    /// The next line; none = the child has closed its output. May be dropped at any moment: what was
    /// read of a line is kept for the next call.
    async fn next(&mut self) -> io::Result<Option<String>> {
        let room = LINE_BYTES_MAX.saturating_sub(self.buffer.len() as u64);
        let mut bounded = (&mut self.from).take(room);
        bounded.read_until(b'\n', &mut self.buffer).await?;
        match self.buffer.pop() {
            Some(b'\n') => {
                let line = std::mem::take(&mut self.buffer);
                String::from_utf8(line).map(Some).map_err(io::Error::other)
            }
            // Half a line, cut off by a kill, is no answer.
            None | Some(_) => Ok(None),
        }
    }
}

/// How a phone is started, again and again.
#[derive(Debug, Clone)]
pub(super) struct PhoneSpec {
    /// The executable.
    pub(super) program: PathBuf,
    /// What it is called in messages.
    pub(super) name: String,
    /// Its folder.
    pub(super) data: PathBuf,
    /// Its clock.
    pub(super) clock: PathBuf,
    /// From which its key is made.
    pub(super) key_seed: [u8; 32],
    /// Where its standard error goes.
    pub(super) log: PathBuf,
}

/// A phone's process.
#[derive(Debug)]
pub(super) struct Phone {
    name: String,
    child: Child,
    input: Option<ChildStdin>,
    lines: Lines,
    asked: u64,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn log_file(path: &Path) -> io::Result<Stdio> {
    Ok(OpenOptions::new().create(true).append(true).open(path)?.into())
}

fn spawn(command: &mut Command, log: &Path) -> io::Result<(Child, ChildStdout)> {
    let mut child =
        command.stdout(Stdio::piped()).stderr(log_file(log)?).kill_on_drop(true).spawn()?;
    let output = child.stdout.take().ok_or_else(|| io::Error::other("no pipe"))?;
    Ok((child, output))
}

impl Phone {
    /// Starts it.
    pub(super) fn start(spec: &PhoneSpec) -> Result<Self, ChildError> {
        let failed = |source| ChildError::Io { name: spec.name.clone(), source };
        let mut command = Command::new(&spec.program);
        command.arg("phone").arg("--data").arg(&spec.data);
        command.arg("--clock-file").arg(&spec.clock);
        command.arg("--key-seed").arg(hex(&spec.key_seed)).stdin(Stdio::piped());
        let (mut child, output) = spawn(&mut command, &spec.log).map_err(failed)?;
        let input = child.stdin.take();
        Ok(Self { name: spec.name.clone(), child, input, lines: Lines::new(output), asked: 0 })
    }

    fn failed(&self, source: io::Error) -> ChildError {
        match source.kind() {
            io::ErrorKind::BrokenPipe => ChildError::Gone(self.name.clone()),
            _ => ChildError::Io { name: self.name.clone(), source },
        }
    }

    /// Hands it a command and does not wait for the answer.
    pub(super) async fn tell(&mut self, mut command: Value) -> Result<u64, ChildError> {
        self.asked += 1;
        if let Some(fields) = command.as_object_mut() {
            fields.insert("id".into(), json!(self.asked));
        }
        let mut line = command.to_string();
        line.push('\n');
        let input = self.input.as_mut().ok_or_else(|| ChildError::Gone(self.name.clone()))?;
        let written = match input.write_all(line.as_bytes()).await {
            Ok(()) => input.flush().await,
            Err(error) => Err(error),
        };
        written.map_err(|error| self.failed(error))?;
        Ok(self.asked)
    }

    /// The answer to a command; none = it has ended without one.
    pub(super) async fn answer(&mut self, to: u64) -> Result<Option<Answer>, ChildError> {
        loop {
            let line = self.lines.next().await.map_err(|error| self.failed(error))?;
            let Some(line) = line else { return Ok(None) };
            let line: Line =
                serde_json::from_str(&line).map_err(|_| ChildError::Talk(self.name.clone()))?;
            match line {
                Line { event: Some(_), .. } => {}
                Line { id: Some(id), ok: Some(value), .. } if id == to => {
                    return Ok(Some(Ok(value)));
                }
                Line { id: Some(id), error: Some(fault), .. } if id == to => {
                    return Ok(Some(Err(fault)));
                }
                // An answer that nobody waited for any more.
                Line { id: Some(id), .. } if id < to => {}
                Line { error: Some(fault), .. } => return Ok(Some(Err(fault))),
                _ => return Err(ChildError::Talk(self.name.clone())),
            }
        }
    }

    /// Asks, and waits for the answer at most so long.
    pub(super) async fn ask(
        &mut self,
        command: Value,
        within: Duration,
    ) -> Result<Answer, ChildError> {
        let asked = command.get("cmd").and_then(Value::as_str).unwrap_or_default().to_owned();
        let id = self.tell(command).await?;
        match timeout(within, self.answer(id)).await {
            Ok(answer) => answer?.ok_or_else(|| ChildError::Gone(self.name.clone())),
            Err(_) => {
                Err(ChildError::Late { name: self.name.clone(), asked, seconds: within.as_secs() })
            }
        }
    }

    /// Asks what cannot be refused.
    pub(super) async fn need(
        &mut self,
        command: Value,
        within: Duration,
    ) -> Result<Value, ChildError> {
        let asked = command.get("cmd").and_then(Value::as_str).unwrap_or_default().to_owned();
        let answer = self.ask(command, within).await?;
        answer.map_err(|fault| ChildError::Refused { name: self.name.clone(), asked, fault })
    }

    /// SIGKILL, now.
    pub(super) fn kill(&mut self) -> Result<(), ChildError> {
        self.child.start_kill().map_err(|error| self.failed(error))
    }

    /// Waits until a killed one is gone.
    pub(super) async fn gone(&mut self) -> Result<(), ChildError> {
        end(&mut self.child, &self.name).await.map(|_| ())
    }

    /// Closes its input, which ends it in order.
    pub(super) async fn quit(mut self) -> Result<(), ChildError> {
        self.input = None;
        end(&mut self.child, &self.name).await.map(|_| ())
    }
}

async fn end(child: &mut Child, name: &str) -> Result<ExitStatus, ChildError> {
    match timeout(END_MAX, child.wait()).await {
        Ok(ended) => ended.map_err(|source| ChildError::Io { name: name.to_owned(), source }),
        Err(_) => Err(ChildError::Late {
            name: name.to_owned(),
            asked: "end".into(),
            seconds: END_MAX.as_secs(),
        }),
    }
}

/// How the relay is started, again and again.
#[derive(Debug, Clone)]
pub(super) struct RelaySpec {
    /// The executable.
    pub(super) program: PathBuf,
    /// Its folder.
    pub(super) data: PathBuf,
    /// Its clock.
    pub(super) clock: PathBuf,
    /// Where its standard error goes.
    pub(super) log: PathBuf,
}

/// The relay's process.
#[derive(Debug)]
pub(super) struct RelayProcess {
    child: Child,
    /// Where it meets phones.
    pub(super) phones: SocketAddr,
    /// Where its status page is.
    pub(super) page: SocketAddr,
    // Kept open, so that what it says later does not break it.
    _lines: Lines,
}

#[derive(Deserialize)]
struct Ready {
    listening: SocketAddr,
    http: SocketAddr,
}

impl RelayProcess {
    /// Starts it, and waits until it listens.
    pub(super) async fn start(spec: &RelaySpec) -> Result<Self, ChildError> {
        let name = || "the relay".to_owned();
        let failed = |source| ChildError::Io { name: name(), source };
        let mut command = Command::new(&spec.program);
        command.arg("serve").arg("--data").arg(&spec.data);
        command.args(["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--json"]);
        command.arg("--clock-file").arg(&spec.clock).stdin(Stdio::null());
        let (child, output) = spawn(&mut command, &spec.log).map_err(failed)?;
        let mut lines = Lines::new(output);
        let first = timeout(READY_MAX, lines.next()).await.map_err(|_| ChildError::Late {
            name: name(),
            asked: "serve".into(),
            seconds: READY_MAX.as_secs(),
        })?;
        let first = first.map_err(failed)?.ok_or_else(|| ChildError::Gone(name()))?;
        let ready: Ready = serde_json::from_str(&first).map_err(|_| ChildError::Talk(name()))?;
        Ok(Self { child, phones: ready.listening, page: ready.http, _lines: lines })
    }

    /// SIGKILL, and waits until it is gone.
    pub(super) async fn kill(&mut self) -> Result<(), ChildError> {
        let name = "the relay";
        self.child
            .start_kill()
            .map_err(|source| ChildError::Io { name: name.to_owned(), source })?;
        end(&mut self.child, name).await.map(|_| ())
    }

    /// Waits until it ends by itself: Ctrl-C reaches it as well.
    pub(super) async fn wait(&mut self) -> Result<(), ChildError> {
        let ended = self.child.wait().await;
        ended.map(|_| ()).map_err(|source| ChildError::Io { name: "the relay".into(), source })
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const SOON: Duration = Duration::from_secs(20);

    /// A stand-in that talks as a phone does.
    fn stand_in(folder: &Path, script: &str) -> PhoneSpec {
        let program = folder.join("phone.sh");
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        PhoneSpec {
            program,
            name: "phone 1".into(),
            data: folder.join("data"),
            clock: folder.join("clock"),
            key_seed: [7; 32],
            log: folder.join("log"),
        }
    }

    #[tokio::test]
    async fn events_between_are_no_answers() {
        let folder = tempfile::tempdir().unwrap();
        let script = r#"read line; echo '{"event":{"status":true}}'; echo '{"ok":{"n":3},"id":1}'
                        read line; echo '{"error":{"kind":"unreachable","detail":"x"},"id":2}'"#;
        let mut phone = Phone::start(&stand_in(folder.path(), script)).unwrap();
        let ok = phone.ask(json!({"cmd": "status"}), SOON).await.unwrap();
        assert_eq!(ok.unwrap()["n"], 3);
        let fault = phone.ask(json!({"cmd": "sync"}), SOON).await.unwrap().unwrap_err();
        assert_eq!(fault.kind, "unreachable");
        phone.quit().await.unwrap();
    }

    #[tokio::test]
    async fn a_killed_phone_gives_no_half_answer() {
        let folder = tempfile::tempdir().unwrap();
        let script = r#"read line; printf '{"ok":{"doc":"5f'; read never"#;
        let mut phone = Phone::start(&stand_in(folder.path(), script)).unwrap();
        let id = phone.tell(json!({"cmd": "visit"})).await.unwrap();
        phone.kill().unwrap();
        assert!(phone.answer(id).await.unwrap().is_none());
        phone.gone().await.unwrap();
    }

    #[tokio::test]
    async fn waiting_has_an_end() {
        let folder = tempfile::tempdir().unwrap();
        let mut phone = Phone::start(&stand_in(folder.path(), "read line; read never")).unwrap();
        let late = phone.ask(json!({"cmd": "sync"}), Duration::from_millis(50)).await;
        assert!(matches!(late, Err(ChildError::Late { .. })), "{late:?}");
    }

    #[tokio::test]
    async fn what_is_not_of_the_contract_is_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let mut phone = Phone::start(&stand_in(folder.path(), "read line; echo hello")).unwrap();
        let talk = phone.ask(json!({"cmd": "status"}), SOON).await;
        assert!(matches!(talk, Err(ChildError::Talk(_))), "{talk:?}");
    }

    #[tokio::test]
    async fn the_relay_says_where_it_listens() {
        let folder = tempfile::tempdir().unwrap();
        let script = r#"echo '{"listening":"127.0.0.1:5","http":"127.0.0.1:6"}'; read never"#;
        let spec = stand_in(folder.path(), script);
        let PhoneSpec { program, data, clock, log, .. } = spec;
        let mut relay =
            RelayProcess::start(&RelaySpec { program, data, clock, log }).await.unwrap();
        assert_eq!((relay.phones.port(), relay.page.port()), (5, 6));
        relay.kill().await.unwrap();
    }
}
