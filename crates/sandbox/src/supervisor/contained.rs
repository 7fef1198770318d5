//! The supervisor's side of a container: a shell inside that does what it reads from a pipe.
//!
//! Requests are shell text, written to the pipe `control`; what the shell tells comes line by line
//! from the pipe `events`. Reading the end of `control` ends the shell and with it the container,
//! so that no container outlives its supervisor. All pipes have names in a directory that the
//! container sees read-only.

use crate::docker::{self, Engine, Names, PIPES, Rights};
use crate::spec::Spec;
use crate::status::Isolation;
use crate::supervisor::gate;
use crate::supervisor::shell::{export, quoted};
use nix::fcntl::OFlag;
use nix::unistd::Uid;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a container may take from its start to its first shell; those that start an engine of
/// their own wait for that first.
const PATIENCE: Duration = Duration::from_secs(150);

/// The file among the pipes with what is to be trusted inside.
const CERTIFICATES: &str = "certificates.pem";

/// Where images have what they trust, all in one file; links to another are followed.
const BUNDLES: &str = "/etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt \
                       /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem";

/// Where images keep what is put into that file when it is made anew.
const ANCHORS: &str = "/usr/local/share/ca-certificates /etc/pki/ca-trust/source/anchors \
                       /etc/pki/trust/anchors";

/// More than what the shell tells in one line, in bytes; also the most that is read at once.
const MAX_LINE: usize = 64 << 10;

/// A container that runs, as the supervisor sees it.
pub struct Contained {
    engine: Engine,
    name: String,
    control: Option<File>,
    outgoing: VecDeque<u8>,
    events: File,
    lines: Vec<u8>,
    /// Tells of the end of the first process. A process of ours to see ends last of all in its
    /// container; the pipe that it holds is closed shortly before.
    lifeline: OwnedFd,
    /// The first process, in this machine's numbers; 0 where the engine has others.
    pub pid: i32,
    /// The program under way, in the container's numbers.
    program: Option<i64>,
}

/// The supervisor's ends of a program's pipes.
pub struct Pipes {
    pub output: OwnedFd,
    pub script: OwnedFd,
    pub replies: OwnedFd,
}

/// What was made.
pub struct Made {
    pub contained: Contained,
    pub pipes: Pipes,
    pub isolation: Isolation,
    /// What of it shows only now; a sentence each.
    pub told: Vec<String>,
}

/// Removes the container if its start fails.
struct Started<'a> {
    engine: &'a Engine,
    name: &'a str,
    keep: bool,
}

impl Drop for Started<'_> {
    fn drop(&mut self) {
        if !self.keep {
            // What is left all the same is swept when a yard starts.
            let _ = self.engine.remove(self.name);
        }
    }
}

/// Makes a container and starts it; returns when its first shell listens.
pub fn start(
    spec: &Spec,
    container: &docker::Container,
    name: &str,
    yard: &str,
    directory: &Path,
) -> Result<Made, String> {
    let text = |error: crate::Error| error.to_string();
    let engine = &container.engine;
    let info = engine.look().map_err(text)?;
    let pipes = Pipes {
        output: pipe(directory, "output").map_err(super::text("make a pipe"))?,
        script: pipe(directory, "script").map_err(super::text("make a pipe"))?,
        replies: pipe(directory, "replies").map_err(super::text("make a pipe"))?,
    };
    let events = pipe(directory, "events").map_err(super::text("make a pipe"))?;
    make(&directory.join("control")).map_err(super::text("make a pipe"))?;
    let alive = directory.join("alive");
    make(&alive).map_err(super::text("make a pipe"))?;
    let alive = nonblocking().read(true).open(alive).map_err(super::text("open a pipe"))?;
    fs::write(directory.join("first"), docker::first_script())
        .map_err(super::text("write a script"))?;
    if let Some(certificates) = &container.trusts {
        fs::write(directory.join(CERTIFICATES), certificates)
            .map_err(super::text("write the certificates"))?;
    }
    let (mut entrypoint, mut network) = (Vec::new(), None);
    if container.privileged {
        let image = engine.find_image(&container.image).map_err(text)?;
        entrypoint = image.map(|image| image.entrypoint).unwrap_or_default();
        // An engine of the container's own would take the machine's network apart.
        let bridge = engine.has_network("bridge").map_err(text)?;
        network = Some(if bridge { "bridge" } else { "none" });
    }
    let mut names = Names {
        yard,
        pipes: directory,
        entrypoint: &entrypoint,
        rights: Rights::Privileged,
        network,
    };
    let mut started = Started { engine, name, keep: false };
    let mut isolation = container.isolation(&info);
    let mut told = Vec::new();
    let mut made = create(spec, container, &info, &names, name);
    if container.privileged && made.as_ref().is_err_and(|why| why.contains("unable to apply caps"))
    {
        engine.remove(name).map_err(text)?;
        names.rights = Rights::spelled();
        told.push(
            "the machine's root lacks capabilities: privileged means those that it has".into(),
        );
        made = create(spec, container, &info, &names, name);
    }
    // Memory is bounded whether or not swap is counted too.
    told.extend(made?.into_iter().filter(|text| !text.contains("swap")));
    let running = engine.running(name).map_err(text)?.ok_or("the container ended at once")?;
    let (pid, lifeline) = match crate::sys::pidfd_open(running.pid) {
        Ok(process) if is_seen(&running) => (running.pid, process),
        _ => (0, OwnedFd::from(alive)),
    };
    if let (Some(_), Some(address)) = (network, container.reaches) {
        // By its names it is asked for where HTTP is spoken.
        let by_name = SocketAddr::new(docker::NAMED_AT, 80);
        let named = (!container.reached_as.is_empty()).then_some(by_name);
        for inside in [Some(address), named].into_iter().flatten() {
            let hole = match pid {
                0 => Err("the container's processes can't be seen from here".into()),
                pid => gate::open(pid, inside, address),
            };
            if let Err(why) = hole {
                told.push(format!("{inside} can't be reached from inside: {why}"));
            }
        }
    }
    // Not before: the gate's process would hold it too, and with it the container.
    let control = open_control(&directory.join("control"), engine, name)?;
    started.keep = true;
    let mut contained = Contained {
        engine: engine.clone(),
        name: name.to_owned(),
        control: Some(control),
        outgoing: VecDeque::new(),
        events: File::from(events),
        lines: Vec::new(),
        lifeline,
        pid,
        program: None,
    };
    contained.send(&prologue(spec, info.rootless));
    isolation.reasons.extend(told.iter().cloned());
    Ok(Made { contained, pipes, isolation, told })
}

/// Has the engine make and start it; what it warns of.
fn create(
    spec: &Spec,
    container: &docker::Container,
    info: &docker::EngineInfo,
    names: &Names<'_>,
    name: &str,
) -> Result<Vec<String>, String> {
    let order = docker::creation(spec, container, info, names)?;
    let engine = &container.engine;
    let warnings = engine.create(name, &order).map_err(|error| error.to_string())?;
    engine.start(name).map_err(|error| error.to_string())?;
    Ok(warnings)
}

/// Whether the engine's numbers of processes are ours.
fn is_seen(running: &docker::Running) -> bool {
    let groups = fs::read_to_string(format!("/proc/{}/cgroup", running.pid));
    groups.is_ok_and(|groups| groups.contains(&running.id))
}

fn nonblocking() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.custom_flags(OFlag::O_NONBLOCK.bits());
    options
}

/// A named pipe that anybody inside may use: the directory is shown in this container alone.
fn make(path: &Path) -> io::Result<()> {
    match nix::unistd::mkfifo(path, nix::sys::stat::Mode::empty()) {
        // Of an earlier sandbox, whose directory this was.
        Err(nix::errno::Errno::EEXIST) if fs::metadata(path)?.file_type().is_fifo() => {}
        other => other?,
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o666))
}

/// A named pipe, open for both, so that it never sees its end.
fn pipe(directory: &Path, name: &str) -> io::Result<OwnedFd> {
    let path = directory.join(name);
    make(&path)?;
    Ok(nonblocking().read(true).write(true).open(path)?.into())
}

/// Waits for the container's shell to listen.
fn open_control(path: &Path, engine: &Engine, name: &str) -> Result<File, String> {
    let give_up = Instant::now() + PATIENCE;
    let mut look = Instant::now() + Duration::from_millis(200);
    loop {
        match nonblocking().write(true).open(path) {
            Ok(control) => return Ok(control),
            Err(error) if error.raw_os_error() == Some(nix::libc::ENXIO) => {}
            Err(error) => return Err(format!("failed to open a pipe: {error}")),
        }
        let now = Instant::now();
        if look <= now {
            look = now + Duration::from_millis(500);
            if engine.running(name).map_err(|error| error.to_string())?.is_none() {
                return Err("the container ended at once; its image must have a POSIX shell as \
                            /bin/sh"
                    .into());
            }
        }
        if give_up <= now {
            return Err(format!(
                "the container's shell does not answer within {} s: does the engine run on this \
                 machine, and does it see {}?",
                PATIENCE.as_secs(),
                path.display()
            ));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// What the container's shell learns first: the environment of programs, how to start one as a
/// user, and to give what was written to their owner in the end.
fn prologue(spec: &Spec, rootless: bool) -> String {
    let mut environment = String::new();
    for (name, value) in &spec.env {
        environment.push_str(&export(name, value));
    }
    let owned = owned(spec, rootless).unwrap_or_default();
    let trusted = trusted(spec).unwrap_or_default();
    format!(
        r#"tell() {{ printf '%s\n' "$1" >{PIPES}/events; }}
find_user() {{
  while IFS=: read -r u_name u_word u_uid u_gid u_more u_home u_shell || [ -n "$u_name" ]; do
    if [ "$u_name" = "$1" ] || [ "$u_uid" = "$1" ]; then return 0; fi
  done 2>/dev/null </etc/passwd
  u_name=root u_uid=0 u_gid=0 u_home=/root u_shell=/bin/sh
  [ "$1" = root ]
}}
environment() {{
export HOME="$u_home" USER="$u_name" LOGNAME="$u_name" SHELL="$u_shell"
{environment}}}
begin() {{
  if ! find_user "$1"; then tell "refused there is no user \"$1\" inside the container"; return; fi
  u_as=
  if [ "$u_uid" != 0 ]; then
    if setpriv --reuid "$u_uid" --regid "$u_gid" --init-groups true 2>/dev/null; then
      u_as=setpriv
    elif command -v su >/dev/null; then
      u_as=su
    else
      tell "refused run-as \"$1\": the image has neither setpriv nor su"; return
    fi
  fi
  if ! (environment; command -v "$3") >/dev/null 2>&1; then
    tell "refused failed to run $3: the container has no such program"; return
  fi
  {{
    ( exec 9>&-
      environment
      u_run="printf 'started %s %s\\n' \$\$ '$u_name:$u_home:$u_shell' >{PIPES}/events; exec $4"
      case $u_as in
        setpriv) exec setpriv --reuid "$u_uid" --regid "$u_gid" --init-groups sh -c "$u_run" ;;
        su) exec su -s /bin/sh "$u_name" -c "$u_run" ;;
        *) exec sh -c "$u_run" ;;
      esac
    ) <"$2" >{PIPES}/output 2>&1
    tell "exited $?"
  }} &
}}
{owned}{trusted}tell ready
"#
    )
}

/// Has the container trust what its spec says. An image that trusts nobody gets the file that
/// most programs look for.
fn trusted(spec: &Spec) -> Option<String> {
    spec.container.as_ref()?.trusts.as_ref()?;
    Some(format!(
        r#"certificates() {{
  while IFS= read -r t_line || [ -n "$t_line" ]; do printf '%s\n' "$t_line"
  done <{PIPES}/{CERTIFICATES}
}}
t_found=
for t_file in {BUNDLES}; do
  if [ -f "$t_file" ]; then t_found=1; {{ echo; certificates; }} >>"$t_file"; fi
done
if [ -z "$t_found" ]; then
  mkdir -p /etc/ssl/certs && certificates >/etc/ssl/certs/ca-certificates.crt
fi
for t_file in {ANCHORS}; do
  if [ -d "$t_file" ]; then certificates >"$t_file/codebuild.crt"; fi
done
"#
    ))
}

/// Has the container's root give what was written into binds to the yard's user, where the two
/// are not the same.
fn owned(spec: &Spec, rootless: bool) -> Option<String> {
    let user = Uid::effective();
    if user.is_root() || rootless {
        return None;
    }
    let paths: Vec<String> = spec
        .binds
        .iter()
        .filter(|bind| !bind.read_only)
        .map(|bind| quoted(&bind.inside.to_string_lossy()))
        .collect();
    let owner = format!("{user}:{}", nix::unistd::Gid::effective());
    let command = format!("chown -R -h {owner} {} 2>/dev/null", paths.join(" "));
    (!paths.is_empty()).then(|| format!("trap {} EXIT\n", quoted(&command)))
}

impl Contained {
    /// Asks for a program to be started or signalled; see `inside::init` for the requests.
    pub fn ask(&mut self, request: &Value) {
        if let Some(signal) = request.get("signal").and_then(Value::as_i64) {
            if let Some(program) = self.program {
                self.send(&format!("kill -{signal} {program} 2>/dev/null\n"));
            }
            return;
        }
        let user = request.get("user").and_then(Value::as_str).unwrap_or("root");
        let words = request.get("argv").and_then(Value::as_array).into_iter().flatten();
        let argv: Vec<String> = words.filter_map(|word| word.as_str().map(quoted)).collect();
        let input = match request.get("script") {
            Some(_) => format!("{PIPES}/script"),
            None => "/dev/null".to_owned(),
        };
        let program = argv.first().cloned().unwrap_or_else(|| "''".into());
        let line = quoted(&argv.join(" "));
        self.send(&format!("begin {} {input} {program} {line}\n", quoted(user)));
    }

    fn send(&mut self, text: &str) {
        self.outgoing.extend(text.as_bytes());
    }

    /// To be polled for reading.
    pub fn events(&self) -> BorrowedFd<'_> {
        self.events.as_fd()
    }

    /// Ready once nothing of the container lives any more.
    pub fn lifeline(&self) -> BorrowedFd<'_> {
        self.lifeline.as_fd()
    }

    /// To be polled for writing, while there is something to write.
    pub fn room(&self) -> Option<BorrowedFd<'_>> {
        self.control.as_ref().filter(|_| !self.outgoing.is_empty()).map(AsFd::as_fd)
    }

    /// Writes what the pipe takes.
    pub fn write(&mut self) -> io::Result<()> {
        let Some(control) = &mut self.control else { return Ok(()) };
        let (first, _) = self.outgoing.as_slices();
        match control.write(first) {
            Ok(written) => {
                self.outgoing.drain(..written);
                Ok(())
            }
            Err(error) if super::pump::would_block(&error) => Ok(()),
            // Its death comes as an event.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.outgoing.clear();
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// What the container's shell has told, as init would tell it.
    pub fn read(&mut self) -> io::Result<Vec<Value>> {
        let mut piece = [0; 4096];
        // Commands could write without end: others wait for us too.
        for _ in 0..MAX_LINE / piece.len() {
            match self.events.read(&mut piece) {
                Ok(0) => break,
                Ok(length) => {
                    self.lines.extend_from_slice(piece.get(..length).unwrap_or_default());
                }
                Err(error) if super::pump::would_block(&error) => break,
                Err(error) => return Err(error),
            }
        }
        let mut told = Vec::new();
        while let Some(end) = self.lines.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.lines.drain(..=end).collect();
            told.extend(self.understand(String::from_utf8_lossy(&line).trim_end()));
        }
        if self.lines.len() > MAX_LINE {
            self.lines.clear();
        }
        Ok(told)
    }

    /// None for what the shell has not said: commands could get hold of the pipe.
    fn understand(&mut self, line: &str) -> Option<Value> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "ready" => Some(json!({ "ready": [] })),
            "refused" => Some(json!({ "refused": rest })),
            "started" if self.program.is_none() => {
                let (pid, user) = rest.split_once(' ')?;
                self.program = Some(pid.parse().ok()?);
                let mut parts = user.split(':');
                let mut part = || parts.next().unwrap_or_default().to_owned();
                let (user, home, shell) = (part(), part(), part());
                Some(json!({ "started": { "user": user, "home": home, "shell": shell } }))
            }
            "exited" => {
                let code: i32 = rest.parse().ok()?;
                Some(match self.program.take() {
                    Some(_) => json!({ "exited": code }),
                    None => {
                        json!({ "refused": format!("the program could not be started ({code})") })
                    }
                })
            }
            _ => None,
        }
    }

    /// Has the container end.
    pub fn end(&mut self) {
        self.outgoing.clear();
        self.control = None;
    }

    /// Has the engine kill it, if it did not end.
    pub fn kill(&self) -> Result<(), crate::Error> {
        self.engine.remove(&self.name)
    }

    /// The file that counts processes of the container killed for their memory.
    pub fn memory_events(&self) -> Option<PathBuf> {
        super::group::memory_events(self.pid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Limits, Program, Root, SandboxId, Service};

    fn spec(env: &[(&str, &str)]) -> Spec {
        Spec {
            id: SandboxId::new("s").unwrap(),
            root: Root::Ephemeral,
            workdir: "/".into(),
            env: env.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            secrets: Vec::new(),
            binds: Vec::new(),
            hide: Vec::new(),
            limits: Limits::default(),
            container: None,
            program: Program::Service(Service {
                argv: vec!["x".into()],
                run_as: None,
                restart: false,
                grace: Duration::from_secs(1),
            }),
        }
    }

    /// The shells that images have understand it; here those of this machine.
    #[test]
    fn shells_read_the_prologue() {
        let mut spec = spec(&[("A", "it's\na `b` $c"), ("B", "")]);
        let mut container = docker::Container::new(Engine::on("/s"), "i");
        container.trusts = Some("x".into());
        spec.container = Some(container);
        let text = prologue(&spec, false);
        // Not this machine's own bundles.
        let functions = text.split_once("certificates() {").unwrap().0;
        for shell in ["sh", "bash"] {
            let done =
                std::process::Command::new(shell).args(["-n", "-c", &text]).output().unwrap();
            assert!(done.status.success(), "{shell}: {}", String::from_utf8_lossy(&done.stderr));
            let script = format!(
                "tell() {{ :; }}\n{}\nfind_user 0; environment; printf %s \"$A|$u_name\"",
                functions.split_once('\n').unwrap().1
            );
            let done = std::process::Command::new(shell).args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&done.stdout), "it's\na `b` $c|root", "{shell}");
        }
    }

    #[test]
    fn what_has_no_end_is_not_kept() {
        let (reader, mut writer) = io::pipe().unwrap();
        nix::fcntl::fcntl(&reader, nix::fcntl::FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).unwrap();
        let mut contained = Contained {
            engine: Engine::on("/s"),
            name: "c".into(),
            control: None,
            outgoing: VecDeque::new(),
            events: File::from(OwnedFd::from(reader)),
            lines: Vec::new(),
            lifeline: OwnedFd::from(io::pipe().unwrap().0),
            pid: 0,
            program: None,
        };
        for _ in 0..10 {
            writer.write_all(&[b'x'; 60 << 10]).unwrap();
            assert!(contained.read().unwrap().is_empty());
            assert!(contained.lines.len() <= MAX_LINE);
        }
        writer.write_all(b"\nready\n").unwrap();
        assert_eq!(contained.read().unwrap(), [json!({ "ready": [] })]);
    }
}
