//! A further program in a container that runs: what `codeyard shell` opens there.
//!
//! The engine starts it and passes its streams on. Directory and variables are those of what the
//! build runs just then; they go in by a named pipe of the container's, past the engine, as those
//! of the build do. Another such pipe has the program end with this process.

use crate::docker::{Engine, Exec, Order, PIPES, Streams};
use crate::enter::{SIGNALLED, Surroundings, youngest_below};
use crate::layout::Layout;
use crate::supervisor::shell::{export, quoted};
use crate::{sys, terminal};
use nix::sys::stat::Mode;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Read, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

/// What runs first: takes on what the first pipe tells, sees to it that the program does not
/// outlive the second one's other end, and becomes the program. Where this process is gone before
/// the pipes are open, it waits for them, and with it the program, until the container ends.
const FIRST: &str = r#"exec 8<"$2"
. "$1"
( read -r over && [ "$over" = over ] || kill -9 $$ ) <&8 8<&- >/dev/null 2>&1 &
exec 8<&-
shift 2
if [ $# = 0 ]; then
  set -- sh
  if command -v bash >/dev/null; then set -- bash; fi
fi
exec "$@""#;

/// The container of a sandbox.
pub struct Place<'a> {
    pub layout: &'a Layout,
    pub engine: Engine,
    pub container: String,
    /// Its first process, where it is seen from here.
    pub init: Option<i32>,
}

/// Runs a program, or a shell, as a user; answers its exit status.
pub fn run(place: &Place<'_>, user: &str, argv: &[OsString]) -> Result<i32, String> {
    let words = argv.iter().map(|word| word.to_str().map(str::to_owned));
    let words: Option<Vec<String>> = words.collect();
    let words = words.ok_or("engines take no words that are not UTF-8")?;
    let doors = Doors::make(&place.layout.replies()).map_err(failed("make a pipe"))?;
    // Those of another user's processes can't be read.
    let surroundings = place.init.and_then(youngest_below).map(Surroundings::of);
    let surroundings = surroundings.filter(|it| !it.environment.is_empty());
    if surroundings.is_none() {
        let _ = writeln!(
            io::stderr(),
            "the engine's processes can't be seen from here: without the build's variables"
        );
    }
    let told = told(surroundings.as_ref(), user);
    let size = match io::stdin().is_terminal() && io::stdout().is_terminal() {
        true => Some(
            sys::window_size(io::stdin().as_fd())
                .map_or((24, 80), |size| (size.ws_row, size.ws_col)),
        ),
        false => None,
    };
    let mut all: Vec<String> =
        ["/bin/sh", "-c", FIRST, "sh"].iter().map(|word| (*word).to_owned()).collect();
    all.extend([Doors::inside(&doors.variables), Doors::inside(&doors.life)]);
    all.extend(words);
    let order = Order { argv: all, user, terminal: size };
    let (exec, streams) =
        Exec::start(&place.engine, &place.container, &order).map_err(|error| error.to_string())?;
    doors.tell(told)?;
    match size {
        Some(_) => {
            let resized = {
                let exec = exec.clone();
                move |rows, columns| exec.resize(rows, columns)
            };
            write_first(&streams)?;
            let wires = terminal::Wires::to_stream(streams.socket.into(), Box::new(resized))
                .map_err(failed("wire up the terminal"))?;
            wires.relay()?.until_the_end();
        }
        None => pass_frames(streams).map_err(failed("read what the program writes"))?,
    }
    doors.over();
    Ok(exec.status().unwrap_or(SIGNALLED + nix::libc::SIGKILL))
}

fn failed(what: &str) -> impl Fn(io::Error) -> String {
    let what = what.to_owned();
    move |error| format!("failed to {what}: {error}")
}

/// Shell text that sets directory and variables.
fn told(surroundings: Option<&Surroundings>, user: &str) -> String {
    let mut text = String::new();
    if let Some(it) = surroundings {
        // Those are the user's own, who may be another one here.
        let own = ["HOME", "USER", "LOGNAME", "SHELL", "TERM"];
        let is_root = matches!(user, "root" | "0");
        let kept =
            |name: &str| crate::spec::is_variable_name(name) && (is_root || !own.contains(&name));
        for (name, value) in it.environment.iter().filter(|(name, _)| kept(name)) {
            text.push_str(&export(name, value));
        }
        if let Some(path) = it.workdir.as_ref().and_then(|path| path.to_str()) {
            text.push_str(&format!("cd {} 2>/dev/null || cd /\n", quoted(path)));
        }
    }
    if let Ok(terminal) = std::env::var("TERM") {
        text.push_str(&export("TERM", &terminal));
    }
    text
}

/// Two named pipes that show inside the container.
struct Doors {
    variables: PathBuf,
    life: PathBuf,
    /// The other end of the second, which goes with this process.
    held: File,
}

impl Doors {
    fn make(directory: &Path) -> io::Result<Self> {
        let path = |name: &str| directory.join(format!("{name}-{}", std::process::id()));
        let (variables, life) = (path("variables"), path("life"));
        for path in [&variables, &life] {
            match nix::unistd::mkfifo(path, Mode::empty()) {
                // Of an earlier process of this number.
                Err(nix::errno::Errno::EEXIST) => {}
                other => other?,
            }
            fs::set_permissions(path, fs::Permissions::from_mode(0o666))?;
        }
        // For both, which waits for nobody.
        let held = File::options().read(true).write(true).open(&life)?;
        Ok(Self { variables, life, held })
    }

    /// By what name the container knows one.
    fn inside(path: &Path) -> String {
        let name = path.file_name().unwrap_or_default();
        format!("{PIPES}/{}", name.to_string_lossy())
    }

    /// Tells what is to be told. In a thread: a program that could not be started never reads.
    fn tell(&self, text: String) -> Result<(), String> {
        let path = self.variables.clone();
        let tell = move || {
            let file = File::options().write(true).open(path);
            // Nobody reads where the program has ended at once.
            let _ = file.and_then(|mut file| file.write_all(text.as_bytes()));
        };
        std::thread::Builder::new().spawn(tell).map(drop).map_err(failed("start a thread"))
    }

    /// The program has ended by itself.
    fn over(mut self) {
        // Whoever reads it may be gone too.
        let _ = self.held.write_all(b"over\n");
    }
}

impl Drop for Doors {
    fn drop(&mut self) {
        for path in [&self.variables, &self.life] {
            // The sandbox may be gone, and its directory with it.
            let _ = fs::remove_file(path);
        }
    }
}

fn write_first(streams: &Streams) -> Result<(), String> {
    let mut out = io::stdout().lock();
    out.write_all(&streams.first).and_then(|()| out.flush()).map_err(failed("write"))
}

/// Passes on what the program writes, to its end, and what there is to read for it meanwhile.
fn pass_frames(streams: Streams) -> io::Result<()> {
    let Streams { socket, first } = streams;
    let input = socket.try_clone()?;
    // Nobody waits for its end, which may never come.
    std::thread::Builder::new().spawn(move || pass_input(&input))?;
    let mut frames = io::Cursor::new(first).chain(socket);
    let mut header = [0; 8];
    loop {
        match frames.read_exact(&mut header) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            other => other?,
        }
        let [kind, _, _, _, length @ ..] = header;
        let mut body = (&mut frames).take(u64::from(u32::from_be_bytes(length)));
        if kind == 2 {
            io::copy(&mut body, &mut io::stderr().lock())?;
        } else {
            let mut out = io::stdout().lock();
            io::copy(&mut body, &mut out)?;
            out.flush()?;
        }
    }
}

fn pass_input(socket: &UnixStream) {
    let mut to = socket;
    let mut piece = [0; 16 << 10];
    // Unbuffered: what was typed goes at once.
    let stdin: io::Result<OwnedFd> = io::stdin().as_fd().try_clone_to_owned();
    if let Ok(stdin) = stdin {
        let mut from = File::from(stdin);
        while let Ok(length @ 1..) = from.read(&mut piece) {
            if to.write_all(piece.get(..length).unwrap_or_default()).is_err() {
                break;
            }
        }
    }
    // One that has ended reads no more.
    let _ = socket.shutdown(Shutdown::Write);
}
