//! A further program in a sandbox that runs: what `codeyard shell` opens.
//!
//! It is started by a process of its own, the door, which takes on the sandbox's namespaces and
//! limits and then what its other programs have: users, capabilities, refused calls. The person's
//! terminal stays outside: whoever could get hold of it inside could type into it. The program has
//! a terminal of its own, whose bytes are passed on by the door's parent. It ends with the door,
//! and the door with its parent.

use crate::enter_container::{self, Place};
use crate::identity::Identity;
use crate::inside::exec::{self, Program, User};
use crate::layout::Layout;
use crate::local::{Found, read_identity};
use crate::spec::{DEFAULT_PATH, SandboxId};
use crate::supervisor::group::Group;
use crate::sys::{self, Forked};
use crate::terminal;
use nix::sched::{CloneFlags, setns};
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;
use std::collections::BTreeMap;
use std::ffi::{CString, OsString};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The namespaces that a sandbox has of its own, in the order in which they are taken on: the
/// user's rights in the others come with the first.
const NAMESPACES: [(&str, CloneFlags); 5] = [
    ("user", CloneFlags::CLONE_NEWUSER),
    ("ipc", CloneFlags::CLONE_NEWIPC),
    ("uts", CloneFlags::CLONE_NEWUTS),
    ("pid", CloneFlags::CLONE_NEWPID),
    ("mnt", CloneFlags::CLONE_NEWNS),
];

/// Namespaces that this process is not in, held open.
type Namespaces = Vec<(OwnedFd, CloneFlags)>;

/// How often a process is looked for that stays long enough to be entered by, and how long apart.
const ATTEMPTS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(5);

/// The status of a shell that a signal ended is this and the signal's number.
pub(crate) const SIGNALLED: i32 = 128;

/// Runs `words` — a sandbox's directory, the user, then the program and its arguments, or none for
/// the user's shell — and answers its exit status. Only for a single-threaded process.
pub fn run(words: &[OsString]) -> Result<i32, String> {
    let [directory, user, argv @ ..] = words else {
        return Err("usage: __sandbox enter DIRECTORY USER [PROGRAM…]".into());
    };
    let (layout, found) = look(Path::new(directory))?;
    if let Some((engine, container)) = found.container {
        let is_over = layout.end().exists()
            || !found.supervisor.is_alive()
            || found.init.as_ref().is_some_and(|init| !init.is_alive());
        let init = found.init.map(|init| init.pid);
        if is_over {
            return Err(format!("the sandbox {} has ended", layout.id()));
        }
        let place = Place { layout: &layout, engine, container, init };
        return enter_container::run(&place, &user.to_string_lossy(), argv);
    }
    let (target, surroundings, namespaces) = hold(&layout, &found)?;
    // What the person's shell has open is not for the program.
    sys::close_on_exec_from(3).map_err(|error| format!("failed to keep files back: {error}"))?;
    let wires = terminal::Wires::open()?;
    // The program inside may look at processes of its user.
    nix::sys::prctl::set_dumpable(false)
        .map_err(|error| format!("failed to close its memory: {error}"))?;
    let (mut result, mut report) = io::pipe().map_err(|error| error.to_string())?;
    // Whoever has taken on other namespaces of processes can have no threads any more, and bytes
    // are passed on by some.
    let door = match sys::fork().map_err(|error| format!("failed to fork: {error}"))? {
        Forked::Parent(door) => door,
        Forked::Child => {
            drop(result);
            let user = user.to_string_lossy();
            match start(&target, &surroundings, namespaces, &wires, &user, argv) {
                Ok(program) => {
                    drop((report, wires));
                    sys::exit_now(wait(program));
                }
                Err(error) => {
                    // The parent reads it.
                    let _ = report.write_all(error.as_bytes());
                    sys::exit_now(1);
                }
            }
        }
    };
    drop((report, namespaces));
    let mut error = String::new();
    result.read_to_string(&mut error).map_err(|error| error.to_string())?;
    if !error.is_empty() {
        wait(door);
        let _ = fs::remove_file(target.note(door));
        return Err(error);
    }
    let relay = wires.relay()?;
    let status = wait(door);
    relay.finish();
    // The sandbox may be gone, and its directory with it.
    let _ = fs::remove_file(target.note(door));
    Ok(status)
}

/// Enters, and starts the program.
fn start(
    target: &Target,
    surroundings: &Surroundings,
    namespaces: Namespaces,
    wires: &terminal::Wires,
    user: &str,
    argv: &[OsString],
) -> Result<Pid, String> {
    let told = |what: &str, error: &dyn std::fmt::Display| format!("failed to {what}: {error}");
    target.take_note().map_err(|error| told("tell the sandbox of its shell", &error))?;
    for (namespace, flag) in &namespaces {
        setns(namespace.as_fd(), *flag).map_err(|error| told("enter the sandbox", &error))?;
    }
    drop(namespaces);
    sys::keep_to_own_abstract_sockets();
    let user = User::find(user)?;
    let environment = environment(&surroundings.environment, &user);
    let path = environment.get("PATH").cloned().unwrap_or_else(|| DEFAULT_PATH.to_owned());
    let pair = |(name, value): (String, String)| CString::new(format!("{name}={value}")).ok();
    let program = exec::start(&Program {
        argv: program(argv, &user),
        env: environment.into_iter().filter_map(pair).collect(),
        path,
        workdir: &surroundings.directory(),
        user: &user,
        set_groups: surroundings.many_users,
        descriptors: wires.inside(),
        terminal: wires.is_terminal(),
        dies_with_parent: true,
        group: &target.group,
        max_processes: None,
    })?;
    // Last, because a change of namespaces takes it back.
    nix::sys::prctl::set_pdeathsig(Signal::SIGKILL)
        .map_err(|error| told("tie it to its parent", &error))?;
    Ok(program)
}

/// A process of the sandbox that is no longer ours alone to know: init hides its memory.
struct Target {
    pid: i32,
    group: Group,
    doors: PathBuf,
}

fn look(directory: &Path) -> Result<(Layout, Found), String> {
    let (base, id) = directory
        .parent()
        .zip(directory.file_name())
        .ok_or_else(|| format!("{} is no sandbox", directory.display()))?;
    let id = SandboxId::new(id.to_string_lossy()).map_err(|error| error.to_string())?;
    let layout = Layout::new(base, &id);
    let found = read_identity(&layout).map_err(|error| error.to_string())?;
    let found = found.ok_or_else(|| format!("there is no sandbox {id}"))?;
    Ok((layout, found))
}

/// What a shell takes on, of a process that runs in the sandbox just now. The youngest is often one
/// that ends the moment after, such as a `sleep` in a loop: then it is the next one's turn.
fn hold(layout: &Layout, found: &Found) -> Result<(Target, Surroundings, Namespaces), String> {
    let id = layout.id();
    let init = found.init.as_ref().ok_or_else(|| format!("{id} is not ready yet"))?;
    let mut attempts = ATTEMPTS;
    loop {
        if !init.is_alive() {
            return Err(format!("the sandbox {id} has ended"));
        }
        attempts -= 1;
        match hold_youngest(layout, found, init) {
            Err(_) if attempts > 0 => std::thread::sleep(PAUSE),
            held => return held,
        }
    }
}

fn hold_youngest(
    layout: &Layout,
    found: &Found,
    init: &Identity,
) -> Result<(Target, Surroundings, Namespaces), String> {
    let id = layout.id();
    let pid = youngest_below(init.pid).ok_or_else(|| format!("nothing runs in {id} now"))?;
    let identity = Identity::of(pid).map_err(|error| error.to_string())?;
    let group = Group::existing(&found.groups, id.as_str());
    let target = Target { pid, group, doors: layout.doors() };
    let surroundings = Surroundings::of(pid);
    let namespaces = target.namespaces()?;
    // Still there after all was opened, and init too: so this was all along a process of the
    // sandbox, not another that has come to its number.
    match init.is_alive() && identity.is_alive() {
        true => Ok((target, surroundings, namespaces)),
        false => Err(format!("nothing stays in {id}")),
    }
}

/// From init's child to its last child and on: what runs now, in the directory and with the
/// variables that a command has just then.
pub(crate) fn youngest_below(init: i32) -> Option<i32> {
    let mut children: BTreeMap<i32, Vec<(u64, i32)>> = BTreeMap::new();
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let pid = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok());
        let stat = pid.and_then(|pid| Some((pid, Stat::of(pid)?)));
        if let Some((pid, stat)) = stat
            && stat.runs
        {
            children.entry(stat.parent).or_default().push((stat.started, pid));
        }
    }
    let mut current = None;
    let mut parent = init;
    while let Some((_, pid)) = children.remove(&parent).and_then(|all| all.into_iter().max()) {
        current = Some(pid);
        parent = pid;
    }
    current
}

/// Of `/proc/PID/stat`.
struct Stat {
    parent: i32,
    started: u64,
    runs: bool,
}

impl Stat {
    fn of(pid: i32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The program's name, in parentheses, may contain anything.
        let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
        let runs = !matches!(fields.next()?, "Z" | "X");
        let parent = fields.next()?.parse().ok()?;
        let started = fields.nth(17)?.parse().ok()?;
        Some(Self { parent, started, runs })
    }
}

/// What the program finds.
pub(crate) struct Surroundings {
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) workdir: Option<PathBuf>,
    /// Whether the sandbox has more users than one.
    many_users: bool,
}

impl Surroundings {
    /// Those of a process.
    pub(crate) fn of(pid: i32) -> Self {
        let file = |name: &str| format!("/proc/{pid}/{name}");
        let text = fs::read(file("environ")).unwrap_or_default();
        let variable = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))
        };
        // As seen from the sandbox's root, where it lies below it.
        let root = fs::read_link(file("root")).unwrap_or_default();
        let workdir = fs::read_link(file("cwd")).ok();
        let mapped = fs::read_to_string(file("uid_map")).unwrap_or_default();
        let ids = mapped.lines().filter_map(|line| line.split_ascii_whitespace().nth(2));
        let ids: u64 = ids.filter_map(|count| count.parse::<u64>().ok()).sum();
        Self {
            environment: text.split(|byte| *byte == 0).filter_map(variable).collect(),
            workdir: workdir.map(|path| match path.strip_prefix(&root) {
                Ok(below) => Path::new("/").join(below),
                Err(_) => path,
            }),
            many_users: ids > 1,
        }
    }

    /// Where the process inside is, if that is still there.
    fn directory(&self) -> PathBuf {
        self.workdir.clone().filter(|path| path.is_dir()).unwrap_or_else(|| "/".into())
    }
}

impl Target {
    /// Where a door is noted.
    fn note(&self, door: Pid) -> PathBuf {
        self.doors.join(door.to_string())
    }

    /// Tells the supervisor of this process, whose children it counts too where the kernel does not.
    fn take_note(&self) -> io::Result<()> {
        match fs::create_dir(&self.doors) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        fs::write(self.note(Pid::this()), Identity::own()?.to_json().to_string())
    }

    fn file(&self, name: &str) -> String {
        format!("/proc/{}/{name}", self.pid)
    }

    /// Those that this process is not in already, held open: the sandbox's processes may end.
    fn namespaces(&self) -> Result<Namespaces, String> {
        let failed = |error: io::Error| format!("failed to look at the sandbox: {error}");
        let mut all = Vec::new();
        for (name, flag) in NAMESPACES {
            let theirs = File::open(self.file(&format!("ns/{name}"))).map_err(failed)?;
            let own = fs::metadata(format!("/proc/self/ns/{name}")).map_err(failed)?;
            if theirs.metadata().map_err(failed)?.ino() != own.ino() {
                all.push((OwnedFd::from(theirs), flag));
            }
        }
        Ok(all)
    }
}

fn environment(given: &[(String, String)], user: &User) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = given.iter().cloned().collect();
    for (name, value) in [
        ("HOME", user.home.as_str()),
        ("USER", user.name.as_str()),
        ("LOGNAME", user.name.as_str()),
        ("SHELL", user.shell.as_str()),
        ("PATH", DEFAULT_PATH),
    ] {
        all.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    }
    if let Ok(terminal) = std::env::var("TERM") {
        all.insert("TERM".to_owned(), terminal);
    }
    all
}

fn program(argv: &[OsString], user: &User) -> Vec<CString> {
    let words = argv.iter().filter_map(|word| CString::new(word.as_bytes()).ok());
    let given: Vec<CString> = words.collect();
    if !given.is_empty() {
        return given;
    }
    let bash = Path::new("/bin/bash");
    let shell = if bash.exists() { "/bin/bash" } else { user.shell.as_str() };
    CString::new(shell).into_iter().collect()
}

fn wait(child: Pid) -> i32 {
    loop {
        match waitpid(child, None) {
            Ok(WaitStatus::Exited(_, code)) => return code,
            Ok(WaitStatus::Signaled(_, signal, _)) => return SIGNALLED + signal as i32,
            Ok(_) | Err(nix::errno::Errno::EINTR) => {}
            Err(_) => return SIGNALLED,
        }
    }
}
