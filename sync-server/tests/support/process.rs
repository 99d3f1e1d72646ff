//! The program as processes, driven as `docs/phone-cli.md` says.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

const DOORSTEP: &str = env!("CARGO_BIN_EXE_doorstep");
/// A bound, not a measurement: no answer takes this long.
const ANSWER_MAX: Duration = Duration::from_secs(120);

/// A process whose standard output is read line by line; killed when it is dropped.
pub struct Process {
    child: Child,
    lines: Receiver<String>,
}

impl Process {
    pub fn start(arguments: &[&str]) -> (Self, ChildStdin) {
        let mut child = Command::new(DOORSTEP)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        (Self { child, lines }, input)
    }

    /// The next line of its output.
    pub fn line(&self) -> Value {
        self.line_within(ANSWER_MAX).expect("a line within the bound")
    }

    /// The next line of its output, where one comes in time; none too where the process has ended.
    ///
    /// A process killed in the middle of a line leaves a piece of one: that is no line.
    pub fn line_within(&self, wait: Duration) -> Option<Value> {
        match self.lines.recv_timeout(wait) {
            Ok(line) => serde_json::from_str(&line).ok(),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
        }
    }

    /// `kill -9`; gives what it had said and nobody had read yet.
    pub fn kill(mut self) -> Vec<Value> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.lines.iter().filter_map(|line| serde_json::from_str(&line).ok()).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A relay that serves a folder.
pub struct Serving {
    process: Process,
    /// Open as long as it runs.
    _input: ChildStdin,
    pub address: String,
}

impl Serving {
    /// Serves at an address; with port 0 it chooses one. None = the address is taken.
    pub fn start(data: &str, listen: &str) -> Option<Self> {
        let (process, input) = Process::start(&[
            "serve",
            "--data",
            data,
            "--listen",
            listen,
            "--http",
            "127.0.0.1:0",
            "--json",
        ]);
        let line = process.line_within(ANSWER_MAX)?;
        let address = line["listening"].as_str()?.to_owned();
        Some(Self { process, _input: input, address })
    }

    /// `kill -9`.
    pub fn kill(self) {
        self.process.kill();
    }
}

/// A phone at the command line.
pub struct Phone {
    process: Process,
    input: ChildStdin,
}

impl Phone {
    pub fn start(folder: &Path) -> Self {
        let (process, input) = Process::start(&["phone", "--data", folder.to_str().unwrap()]);
        Self { process, input }
    }

    /// Says a command and does not wait.
    pub fn tell(&mut self, command: &Value) {
        writeln!(self.input, "{command}").unwrap();
    }

    /// The next answer; events are passed over.
    pub fn answer(&mut self) -> Value {
        self.answer_within(ANSWER_MAX).expect("an answer within the bound")
    }

    /// The next answer, where it comes in time.
    pub fn answer_within(&mut self, wait: Duration) -> Option<Value> {
        let until = Instant::now() + wait;
        loop {
            let line = self.process.line_within(until.saturating_duration_since(Instant::now()))?;
            if line.get("event").is_none() {
                return Some(line);
            }
        }
    }

    pub fn ask(&mut self, command: &Value) -> Value {
        self.tell(command);
        self.answer()
    }

    pub fn ok(&mut self, command: &Value) -> Value {
        let answer = self.ask(command);
        assert!(answer.get("ok").is_some(), "{command} gave {answer}");
        answer["ok"].clone()
    }

    /// `kill -9`; gives the answers that it had given and nobody had read yet.
    pub fn kill(self) -> Vec<Value> {
        let mut said = self.process.kill();
        said.retain(|line| line.get("event").is_none());
        said
    }

    /// Every act that it holds: (member, act, document) and what it says.
    ///
    /// All of it must stand in the log, and each once.
    pub fn dump(&mut self) -> BTreeMap<(String, String, String), String> {
        let mut found = BTreeMap::new();
        let mut after = Value::Null;
        loop {
            let page = self.ok(&json!({ "cmd": "dump", "after": after }));
            for act in page["acts"].as_array().unwrap() {
                let text = |field: &str| act[field].as_str().unwrap().to_owned();
                let key = (text("member"), text("act"), text("doc"));
                let twice = found.insert(key.clone(), act["events"].to_string());
                assert!(twice.is_none(), "one act stands twice: {key:?}");
                assert_eq!(act["state"], "log", "everything has arrived");
            }
            after = page["after"].clone();
            if after.is_null() {
                return found;
            }
        }
    }
}

/// Runs a command of the operator and gives what it printed.
pub fn doorstep(arguments: &[&str]) -> String {
    let output = Command::new(DOORSTEP).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// One grid with members M0, M1, .. and two buildings, G-1 and G-2, as a roster file.
pub fn one_grid(members: usize) -> String {
    let mut text = "[sub_district]\ncode = \"S\"\n".to_owned();
    for (level, code, parent) in [
        ("community", "C", "S"),
        ("block", "B", "C"),
        ("grid", "G", "B"),
        ("building", "G-1", "G"),
        ("building", "G-2", "G"),
    ] {
        let parent = if parent == "S" { String::new() } else { format!("parent = \"{parent}\"\n") };
        text += &format!("[[place]]\nlevel = \"{level}\"\ncode = \"{code}\"\n{parent}");
    }
    for n in 0..members {
        text += &format!(
            "[[member]]\ncode = \"M{n}\"\nroles = [{{ place = \"G\", role = \"member\" }}]\n"
        );
    }
    text
}
