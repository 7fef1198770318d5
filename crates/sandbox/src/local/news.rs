//! Tells handles that files of their sandbox have changed.

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, WatchDescriptor};
use std::collections::HashMap;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::watch;

/// How often to look where the kernel can't tell.
const TICK: Duration = Duration::from_millis(20);

/// One thread listens for all sandboxes of a driver; it ends with the driver.
pub struct News {
    shared: Arc<Shared>,
}

struct Shared {
    inotify: Option<Inotify>,
    rooms: Mutex<Rooms>,
}

#[derive(Default)]
struct Rooms {
    by_path: HashMap<PathBuf, Room>,
    by_watch: HashMap<WatchDescriptor, PathBuf>,
}

struct Room {
    sender: watch::Sender<()>,
    listeners: usize,
    watch: Option<WatchDescriptor>,
}

/// Hears of changes in one directory while it lives.
pub struct Subscription {
    shared: Arc<Shared>,
    path: PathBuf,
    receiver: watch::Receiver<()>,
}

impl News {
    pub fn start() -> std::io::Result<Self> {
        let inotify = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK).ok();
        let shared = Arc::new(Shared { inotify, rooms: Mutex::default() });
        let weak = Arc::downgrade(&shared);
        std::thread::Builder::new().name("sandbox-news".into()).spawn(move || listen(&weak))?;
        Ok(Self { shared })
    }

    /// Subscribes to a directory. What changed before this call may go untold.
    pub fn subscribe(&self, path: &Path) -> Subscription {
        let mut rooms = self.shared.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let rooms = &mut *rooms;
        let room = rooms.by_path.entry(path.to_owned()).or_insert_with(|| {
            let flags =
                AddWatchFlags::IN_MODIFY | AddWatchFlags::IN_CREATE | AddWatchFlags::IN_MOVED_TO;
            let inotify = self.shared.inotify.as_ref();
            let watch = inotify.and_then(|inotify| inotify.add_watch(path, flags).ok());
            if let Some(watch) = watch {
                rooms.by_watch.insert(watch, path.to_owned());
            }
            Room { sender: watch::Sender::new(()), listeners: 0, watch }
        });
        room.listeners += 1;
        let mut receiver = room.sender.subscribe();
        receiver.mark_changed();
        Subscription { shared: self.shared.clone(), path: path.to_owned(), receiver }
    }
}

impl Subscription {
    /// Independent copy that has heard what this one has.
    pub fn receiver(&self) -> watch::Receiver<()> {
        self.receiver.clone()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut rooms = self.shared.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(room) = rooms.by_path.get_mut(&self.path) else { return };
        room.listeners -= 1;
        if room.listeners > 0 {
            return;
        }
        let watch = room.watch;
        rooms.by_path.remove(&self.path);
        if let (Some(watch), Some(inotify)) = (watch, &self.shared.inotify) {
            rooms.by_watch.remove(&watch);
            // The directory may be gone, and the watch with it.
            let _ = inotify.rm_watch(watch);
        }
    }
}

fn listen(weak: &Weak<Shared>) {
    while let Some(shared) = weak.upgrade() {
        match &shared.inotify {
            Some(inotify) => {
                let mut fds = [PollFd::new(inotify.as_fd(), PollFlags::POLLIN)];
                // Now and then, to see whether anybody is left to listen for.
                let _ = poll(&mut fds, PollTimeout::from(500u16));
                tell(&shared, inotify);
            }
            None => {
                std::thread::sleep(TICK);
                let rooms = shared.rooms.lock().unwrap_or_else(PoisonError::into_inner);
                rooms.by_path.values().for_each(|room| room.sender.send_replace(()));
            }
        }
    }
}

fn tell(shared: &Shared, inotify: &Inotify) {
    let Ok(events) = inotify.read_events() else { return };
    let rooms = shared.rooms.lock().unwrap_or_else(PoisonError::into_inner);
    for event in events {
        if event.mask.contains(AddWatchFlags::IN_Q_OVERFLOW) {
            rooms.by_path.values().for_each(|room| room.sender.send_replace(()));
            return;
        }
        let path = rooms.by_watch.get(&event.wd);
        if let Some(room) = path.and_then(|path| rooms.by_path.get(path)) {
            room.sender.send_replace(());
        }
    }
}
