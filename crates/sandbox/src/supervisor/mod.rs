//! The process that looks after one sandbox: it holds the pipes, keeps the records, and outlives
//! the yard. The binary starts itself again as this.

mod contained;
mod gate;
pub mod group;
mod link;
mod nurse;
mod plan;
mod pump;
mod service;
pub mod shell;
mod sink;
mod watch;

use crate::codec;
use crate::docker::{self, Container};
use crate::enter;
use crate::identity::Identity;
use crate::inside::homes::Homes;
use crate::inside::init::Init;
use crate::inside::namespaces;
use crate::inside::root::Places;
use crate::inside::special;
use crate::journal::{self, Journal};
use crate::layout::Layout;
use crate::local::remove;
use crate::machine::{self, Machine, RootStyle};
use crate::made::{self, Made};
use crate::mask::Masker;
use crate::spec::{Program, Root, Spec};
use crate::spool::Writer;
use crate::status::{End, EndKind, Isolation};
use crate::sys;
use group::{Group, Parents};
use link::Link;
use plan::{Interrupt, Results, Runner};
use pump::{Ends, Event, Pump};
use serde_json::{Value, json};
use sink::Sink;
use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Time between the end of a sandbox and the syncing of its records to disk.
const SYNC_PAUSE: Duration = Duration::from_millis(200);

/// First argument by which the binary knows that it is to be this.
pub const ARGUMENT: &str = "__sandbox";

/// What the yard hands over on standard input.
struct Order {
    layout: Layout,
    spec: Spec,
    /// Unless it is to be a container.
    machine: Option<Machine>,
    hidden: Vec<PathBuf>,
    homes: Homes,
    seal_key: Option<[u8; 32]>,
}

/// The entry point: for `BINARY __sandbox ARGS…`, with the arguments after `__sandbox`. Must be
/// called before any thread is started.
pub fn supervisor_main(args: impl IntoIterator<Item = std::ffi::OsString>) -> ! {
    let args: Vec<std::ffi::OsString> = args.into_iter().collect();
    let words: Vec<&std::ffi::OsStr> = args.iter().map(AsRef::as_ref).collect();
    let done = match words.as_slice() {
        [verb, base] if *verb == "nurse" => nurse::run(Path::new(base)),
        [verb, base] if *verb == "probe" => probe(Path::new(base)),
        [verb, directory] if *verb == "remove" => remove_mapped(Path::new(directory)),
        [verb, ..] if *verb == "enter" => match enter::run(args.get(1..).unwrap_or_default()) {
            Ok(status) => std::process::exit(status),
            Err(error) => Err(error),
        },
        _ => Err("usage: __sandbox nurse|probe|remove|enter DIRECTORY".into()),
    };
    match done {
        Ok(()) => std::process::exit(0),
        Err(error) => {
            // Nobody may be listening any more.
            let _ = writeln!(io::stderr(), "sandbox supervisor: {error}");
            std::process::exit(1)
        }
    }
}

fn text<E: std::fmt::Display>(what: &'static str) -> impl Fn(E) -> String {
    move |error| format!("failed to {what}: {error}")
}

/// Prints what the machine offers.
fn probe(base: &Path) -> Result<(), String> {
    let scratch = machine::scratch_below(base);
    fs::create_dir_all(&scratch).map_err(text("make a directory"))?;
    let machine = Machine::discover(&scratch);
    remove::tree(&scratch).map_err(text("remove the scratch directory"))?;
    println!("{}", machine.to_json());
    Ok(())
}

/// Removes files that belong to subordinate users, as their root.
fn remove_mapped(directory: &Path) -> Result<(), String> {
    for users in namespaces::candidates(&mut Vec::new()) {
        let target = directory.to_owned();
        let entered = namespaces::enter(&users, move |mut stream| {
            let answer = match remove::tree(&target) {
                Ok(()) => String::from("done"),
                Err(error) => error.to_string(),
            };
            // The other side reads what there is.
            let _ = stream.write_all(answer.as_bytes());
        });
        let Ok((child, mut stream)) = entered else { continue };
        let mut answer = String::new();
        let read = stream.read_to_string(&mut answer);
        namespaces::reap(child);
        read.map_err(text("remove files"))?;
        return if answer == "done" { Ok(()) } else { Err(answer) };
    }
    Err("no user namespace to remove files in".into())
}

fn read_order(base: &Path) -> Result<Order, String> {
    let mut input = Vec::new();
    io::stdin().lock().read_to_end(&mut input).map_err(text("read the order"))?;
    let order: Value = serde_json::from_slice(&input).map_err(text("read the order"))?;
    let part = |name: &str| order.get(name).unwrap_or(&Value::Null);
    let spec = codec::spec_from_json(part("spec")).map_err(text("read the spec"))?;
    let hidden = part("hidden").as_array().into_iter().flatten();
    let key = part("sealKey").as_array().map(|key| {
        let bytes: Option<Vec<u8>> =
            key.iter().map(|byte| byte.as_u64().and_then(|b| u8::try_from(b).ok())).collect();
        bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
    });
    Ok(Order {
        layout: Layout::new(base, &spec.id),
        machine: match part("machine") {
            Value::Null => None,
            machine => Some(Machine::from_json(machine).map_err(text("read the machine"))?),
        },
        hidden: hidden.filter_map(codec::path_from_json).collect(),
        homes: Homes::from_json(part("homes")),
        seal_key: match key {
            None => None,
            Some(None) => return Err("the sealing key is malformed".into()),
            Some(key) => key,
        },
        spec,
    })
}

/// Tells the yard how the start went, if it still listens.
fn answer(message: &Value) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{message}");
    let _ = out.flush();
    // The yard reads to the end: let go.
    if let Ok(null) = fs::File::options().write(true).open("/dev/null") {
        let _ = sys::place_descriptor(null.as_fd(), 1);
    }
}

/// Lets go of the terminal and directory that the yard was started in.
fn leave_the_yard() -> Result<(), String> {
    nix::unistd::setsid().map_err(text("start a session"))?;
    nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o022));
    nix::unistd::chdir("/").map_err(text("leave the directory"))
}

/// Looks after one sandbox: the order comes on standard input, the answer goes to standard output.
fn run(base: &Path) -> Result<(), String> {
    leave_the_yard()?;
    pump::watched_signals().thread_block().map_err(text("block signals"))?;
    let order = read_order(base)?;
    match start(&order) {
        Ok(running) => {
            running.finish(&order);
            Ok(())
        }
        Err(reason) => {
            answer(&json!({ "failed": reason }));
            Err(reason)
        }
    }
}

/// A sandbox whose program runs.
struct Running {
    pump: Pump,
    group: Group,
    /// A plan's first shell is started by whoever goes on to run it.
    started: Instant,
    /// What a plan's output begins with, in front of its preamble.
    told: Vec<String>,
}

fn start(order: &Order) -> Result<Running, String> {
    match &order.spec.container {
        None => start_in_namespaces(order),
        Some(container) => start_in_container(order, container),
    }
}

fn start_in_namespaces(order: &Order) -> Result<Running, String> {
    let Order { layout, spec, .. } = order;
    let machine = order.machine.as_ref().ok_or("the order tells nothing of the machine")?;
    let places = Places {
        root: layout.root(),
        uppers: layout.uppers(),
        tmp: layout.tmp(),
        replies: layout.replies(),
    };
    make_places(&places).map_err(text("make its directories"))?;
    let group = Group::create(&machine.groups, spec.id.as_str(), &spec.limits);
    let mut left = Left { group, init_pid: None };
    let replies = make_replies(&places).map_err(text("make the reply pipe"))?;
    let output = io::pipe().map_err(text("make a pipe"))?;
    let script = io::pipe().map_err(text("make a pipe"))?;
    let mut ours = Some((OwnedFd::from(output.0), OwnedFd::from(script.1), replies));
    let mut init = Some(Init {
        spec,
        machine,
        places: &places,
        hidden: &order.hidden,
        homes: &order.homes,
        group: &left.group,
        output: output.1.into(),
        script: script.0.into(),
    });
    let entered = namespaces::enter(&machine.users, |stream| {
        // In the child: its copies of our ends go, as here those of its own do.
        drop(ours.take());
        if let Some(init) = init.take() {
            init.run(stream);
        }
    });
    drop(init.take());
    let (init_pid, stream) = entered.map_err(text("enter namespaces"))?;
    left.init_pid = Some(init_pid);
    let (output, script, replies) = ours.ok_or("the pipes are gone")?;
    nix::sys::prctl::set_dumpable(false).map_err(text("close its memory"))?;
    record_identity(layout, Some(init_pid.as_raw()), &machine.groups, None)
        .map_err(text("record its identity"))?;
    let watch = watch::Watch::new(&spec.limits, &left.group, layout.doors());
    let link = Link::Init(link::Init::new(init_pid, stream));
    let ends = Ends { link, output, script, replies };
    let pump = listen(order, ends, watch, machine.isolation.clone())?;
    note_what_was_made(order, machine).map_err(text("note its directories"))?;
    Ok(Running { pump, group: left.keep(), started: Instant::now(), told: Vec::new() })
}

/// So that the directories can be used again when the sandbox is gone.
fn note_what_was_made(order: &Order, machine: &Machine) -> io::Result<()> {
    let Order { layout, spec, homes, .. } = order;
    let file = Layout::made_in(layout.directory());
    let is_kept = spec.root == Root::Ephemeral && machine.root == RootStyle::Whole;
    // A used one has it already.
    if !is_kept || machine.upper_in_memory || file.exists() {
        return Ok(());
    }
    Made::look(layout, made::kind(machine, homes), spec, homes)?.write(&file)
}

fn start_in_container(order: &Order, container: &Container) -> Result<Running, String> {
    let Order { layout, spec, .. } = order;
    nix::sys::prctl::set_dumpable(false).map_err(text("close its memory"))?;
    fs::create_dir_all(layout.replies()).map_err(text("make its directories"))?;
    let open = fs::Permissions::from_mode(0o755);
    fs::set_permissions(layout.replies(), open).map_err(text("make its directories"))?;
    let base = layout.directory().parent().unwrap_or(layout.directory());
    let name = docker::container_name(base, &spec.id);
    let known = Some((container.engine.socket(), name.as_str()));
    // Before it is there: so nobody can miss it.
    record_identity(layout, None, &Parents::default(), known)
        .map_err(text("record its identity"))?;
    let yard = docker::yard_name(base);
    let made = contained::start(spec, container, &name, &yard, &layout.replies())?;
    let group = Group::of_others(made.contained.memory_events());
    let watch = watch::Watch::new(&spec.limits, &group, layout.doors());
    let pid = Some(made.contained.pid).filter(|pid| *pid > 0);
    record_identity(layout, pid, &Parents::default(), known)
        .map_err(text("record its identity"))?;
    let contained::Pipes { output, script, replies } = made.pipes;
    let ends = Ends { link: Link::Container(made.contained), output, script, replies };
    let pump = listen(order, ends, watch, made.isolation)?;
    let told = made.told.iter().map(|reason| format!("Isolation: {reason}")).collect();
    Ok(Running { pump, group, started: Instant::now(), told })
}

/// Takes up the records, and waits for the first process inside to be ready.
fn listen(
    order: &Order,
    ends: Ends,
    watch: watch::Watch,
    mut isolation: Isolation,
) -> Result<Pump, String> {
    let Order { layout, spec, .. } = order;
    pump::enlarge(&ends.output);
    let output_file =
        Writer::create(&layout.output(), layout.seal(order.seal_key.as_ref(), "output"))
            .map_err(text("make the output file"))?;
    let masker = Masker::new(spec.secrets.iter().map(String::as_str));
    let sink = Sink::new(masker, output_file, spec.limits.output_bytes);
    let seal = layout.seal(order.seal_key.as_ref(), "journal");
    let journal = Journal::create(&layout.journal(), seal).map_err(text("make the journal"))?;
    let mut pump = Pump::new(ends, sink, journal, layout.clone(), watch)
        .map_err(text("listen to the sandbox"))?;
    isolation.reasons.extend(wait_ready(&mut pump)?);
    pump.journal.started(&isolation).map_err(text("write the journal"))?;
    Ok(pump)
}

/// What must go if the start fails.
struct Left {
    group: Group,
    init_pid: Option<nix::unistd::Pid>,
}

impl Left {
    fn keep(mut self) -> Group {
        self.init_pid = None;
        std::mem::take(&mut self.group)
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        if let Some(pid) = self.init_pid {
            let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL);
            namespaces::reap(pid);
        }
        self.group.remove();
    }
}

/// The named pipe, and a descriptor to read it that never sees its end.
fn make_replies(places: &Places) -> io::Result<OwnedFd> {
    let name = Path::new(special::REPLIES).file_name().unwrap_or_default();
    let path = places.replies.join(name);
    match nix::unistd::mkfifo(&path, nix::sys::stat::Mode::empty()) {
        // Of an earlier sandbox, whose directory this was.
        Err(nix::errno::Errno::EEXIST) if fs::metadata(&path)?.file_type().is_fifo() => {}
        other => {
            other?;
            // Whoever runs the shell must be able to write.
            fs::set_permissions(&path, fs::Permissions::from_mode(0o622))?;
        }
    }
    Ok(fs::File::options().read(true).write(true).open(path)?.into())
}

fn make_places(places: &Places) -> io::Result<()> {
    for directory in [&places.root, &places.uppers, &places.tmp, &places.replies] {
        fs::create_dir_all(directory)?;
    }
    fs::set_permissions(&places.replies, fs::Permissions::from_mode(0o755))?;
    fs::set_permissions(&places.tmp, fs::Permissions::from_mode(0o1777))
}

fn record_identity(
    layout: &Layout,
    init: Option<i32>,
    groups: &Parents,
    container: Option<(&Path, &str)>,
) -> io::Result<()> {
    let identity = json!({
        "version": 1,
        "supervisor": Identity::own()?.to_json(),
        "init": init.map(Identity::of).transpose()?.map(|init| init.to_json()),
        "groups": groups.to_json(),
        "container": container.map(|(socket, name)| json!({
            "socket": codec::path_to_json(socket), "name": name,
        })),
    });
    let fresh = layout.identity().with_extension("new");
    fs::write(&fresh, identity.to_string())?;
    fs::rename(fresh, layout.identity())
}

/// Waits for init to have made the root; what the user should know of it.
fn wait_ready(pump: &mut Pump) -> Result<Vec<String>, String> {
    loop {
        match pump.next(None).map_err(text("listen to init"))? {
            Event::Init(message) => {
                if let Some(reason) = message.get("failed").and_then(Value::as_str) {
                    return Err(reason.to_owned());
                }
                let notes = message.get("ready").and_then(Value::as_array);
                let notes = notes.ok_or("init told nonsense")?.iter();
                return Ok(notes.filter_map(|note| note.as_str().map(str::to_owned)).collect());
            }
            Event::InitDied => return Err("init died while making the root".into()),
            Event::Stop(reason) => return Err(format!("stopped: {reason}")),
            _ => {}
        }
    }
}

impl Running {
    /// Runs the program to its end and records it. From here on the yard needn't be there.
    fn finish(mut self, order: &Order) {
        let limit = order.spec.limits.wall_clock;
        self.pump.deadline = limit.and_then(|limit| self.started.checked_add(limit));
        let (kind, results) = self.run_program(&order.spec);
        self.record_end(order, kind, results);
    }

    fn run_program(&mut self, spec: &Spec) -> (EndKind, Results) {
        let started = match &spec.program {
            Program::Plan(plan) => {
                let mut runner = Runner::new(plan, &spec.workdir, &mut self.pump, &self.group);
                runner.told = std::mem::take(&mut self.told);
                match runner.start() {
                    Ok(Ok(())) => {
                        answer(&json!({ "started": true }));
                        return runner.run();
                    }
                    other => other,
                }
            }
            Program::Service(service) => match service::start(service, &mut self.pump) {
                Ok(Ok(())) => {
                    answer(&json!({ "started": true }));
                    let end = service::run(service, &mut self.pump);
                    return (end, Results::default());
                }
                other => other,
            },
        };
        let kind = match started {
            Ok(Ok(())) => EndKind::Lost("the program's start went unnoticed".into()),
            Ok(Err(reason)) => EndKind::Lost(reason),
            Err(Interrupt::End(end)) => end,
            Err(Interrupt::Broken(error)) => EndKind::Lost(error.to_string()),
        };
        let reason = match &kind {
            EndKind::Lost(reason) | EndKind::Stopped(reason) => reason.clone(),
            other => format!("{other:?}"),
        };
        answer(&json!({ "failed": reason }));
        (kind, Results::default())
    }

    fn record_end(mut self, order: &Order, kind: EndKind, results: Results) {
        let complain = |what: &str, error: &dyn std::fmt::Display| {
            let _ = writeln!(io::stderr(), "failed to {what}: {error}");
        };
        match self.pump.kill_all() {
            Ok(true) => {}
            Ok(false) => complain("kill everything", &"something does not die"),
            Err(error) => complain("kill everything", &error),
        }
        self.pump.sink.write_out();
        for note in self.pump.sink.take_notes() {
            if let Err(error) = self.pump.journal.note(&note) {
                complain("write the journal", &error);
            }
        }
        if let Err(error) = self.pump.journal.write_out() {
            complain("write the journal", &error);
        }
        let end = End {
            kind,
            at: journal::now(),
            output_bytes: self.pump.sink.offset(),
            dropped_bytes: self.pump.sink.dropped(),
            exports: results.exports,
            expanded: results.expanded,
            workdir: results.workdir,
        };
        let layout = &order.layout;
        let seal = layout.seal(order.seal_key.as_ref(), "end");
        if let Err(error) = journal::write_end(&layout.end(), seal, &end) {
            complain("record the end", &error);
        }
        // The yard goes on from here; what follows is for tidiness and for a power cut. Most
        // sandboxes are destroyed as soon as they have ended, and we with them: those that are not
        // soon are worth syncing.
        self.group.remove();
        std::thread::sleep(SYNC_PAUSE);
        let synced = self
            .pump
            .sink
            .sync()
            .and_then(|()| self.pump.journal.sync())
            .and_then(|()| journal::sync_file(&layout.end()));
        if let Err(error) = synced {
            // Destroyed meanwhile, most often.
            if error.kind() != io::ErrorKind::NotFound {
                complain("sync its records", &error);
            }
        }
    }
}
