//! The backend on SQLite: one file in the data directory, write-ahead log, one writing connection,
//! a few reading ones.
//!
//! One table without rowids holds everything, so that a scan by key reads neighbouring pages;
//! pages of 8 KiB keep documents of a kilobyte out of overflow pages. The journal is checkpointed
//! by the writer when nothing waits, so that nobody waits for it.

mod schema;

use std::cell::Cell;
use std::fs::{File, Permissions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::ops::ControlFlow;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, params};

use crate::backend::{Backend, Bounds, RawRead, RawWrite, Visit};
use crate::writer::{Hooks, Job, WriteSide, Writer, lock};
use crate::{Durability, Options, StoreError};

const DATABASE: &str = "store.db";
const LOCK: &str = "store.lock";
/// Reading connections kept for reuse; each holds up to [`READ_CACHE_KIB`].
const IDLE_READERS: usize = 8;
const READ_CACHE_KIB: i64 = 1024;
const WRITE_CACHE_KIB: i64 = 4096;
/// Checkpoint when about this much was written to the journal and nothing waits…
const CHECKPOINT_BYTES: usize = 8 << 20;
/// …or this much in any case.
const FORCED_CHECKPOINT_BYTES: usize = 64 << 20;
const STATEMENTS: usize = 32;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Corrupt(error.to_string())
            }
            _ => Self::Io(error.to_string()),
        }
    }
}

pub(crate) struct Sqlite {
    writer: Writer,
    readers: Readers,
    /// Held as long as the store is open.
    _lock: File,
}

struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Sqlite {
    pub fn open(dir: &Path, options: &Options, hooks: Arc<Hooks>) -> Result<Self, StoreError> {
        let held = take_directory(dir)?;
        let path = dir.join(DATABASE);
        // SQLite gives its journal the mode that it finds here.
        private_file(&path).map_err(|error| {
            StoreError::Io(format!("failed to open {}: {error}", path.display()))
        })?;
        let connection = Connection::open_with_flags(
            &path,
            OpenFlags::SQLITE_OPEN_READ_WRITE
                | OpenFlags::SQLITE_OPEN_CREATE
                | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        schema::prepare(&connection, dir, schema::STEPS)?;
        tune(&connection, WRITE_CACHE_KIB)?;
        let side = WriteConnection {
            raw: RawConnection::new(connection),
            sync: options.sync,
            durability: None,
        };
        let writer = Writer::spawn(side, hooks)?;
        let readers = Readers { path, idle: Mutex::default() };
        // The first one made now finds what is wrong with the file before anybody depends on it.
        let first = readers.take()?;
        readers.give_back(first);
        Ok(Self { writer, readers, _lock: held })
    }
}

/// Opens a file that only this user may read, whoever made it.
fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

/// Takes the directory for this process and writes down who has it.
fn take_directory(dir: &Path) -> Result<File, StoreError> {
    let path = dir.join(LOCK);
    let io = |error: std::io::Error| {
        StoreError::Io(format!("failed to take the data directory ({}): {error}", path.display()))
    };
    let mut file = private_file(&path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // The holder's own words are a help; without them the refusal stands as well.
            let _ = file.read_to_string(&mut holder);
            let holder = match holder.trim() {
                "" => "another process".to_owned(),
                text => text.to_owned(),
            };
            return Err(StoreError::InUse { dir: dir.to_owned(), holder });
        }
        Err(TryLockError::Error(error)) => return Err(io(error)),
    }
    file.set_len(0).map_err(io)?;
    file.rewind().map_err(io)?;
    write!(file, "process {}", std::process::id()).map_err(io)?;
    Ok(file)
}

fn tune(connection: &Connection, cache_kib: i64) -> Result<(), StoreError> {
    connection.busy_timeout(Duration::from_secs(10))?;
    // Otherwise scans, whose bounds are parameters, are planned anew for each pair of bounds: that
    // costs more than the scan, and there is one way to scan the one table anyway.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "cache_size", -cache_kib)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    Ok(())
}

impl Readers {
    fn take(&self) -> Result<Connection, StoreError> {
        if let Some(connection) = lock(&self.idle).pop() {
            return Ok(connection);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        tune(&connection, READ_CACHE_KIB)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    }

    fn give_back(&self, connection: Connection) {
        let mut idle = lock(&self.idle);
        if idle.len() < IDLE_READERS {
            idle.push(connection);
        }
    }
}

/// Ends the snapshot and returns the connection, even when the caller's closure panics.
struct Snapshot<'a> {
    readers: &'a Readers,
    connection: Option<RawConnection>,
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            // A connection that cannot end its snapshot is closed instead of reused.
            if connection.run("COMMIT").is_ok() {
                self.readers.give_back(connection.sqlite);
            }
        }
    }
}

impl Backend for Sqlite {
    fn read(&self, f: &mut dyn FnMut(&dyn RawRead)) -> Result<(), StoreError> {
        let connection = RawConnection::new(self.readers.take()?);
        connection.run("BEGIN")?;
        let snapshot = Snapshot { readers: &self.readers, connection: Some(connection) };
        if let Some(connection) = &snapshot.connection {
            f(connection);
        }
        Ok(())
    }

    fn submit(&self, job: Box<dyn Job>) {
        self.writer.submit(job);
    }

    fn close(&self) {
        self.writer.close();
    }
}

struct RawConnection {
    sqlite: Connection,
    /// About how much went to the journal since the last checkpoint.
    written: Cell<usize>,
}

impl RawConnection {
    fn new(sqlite: Connection) -> Self {
        Self { sqlite, written: Cell::new(0) }
    }

    /// Every change rewrites at least its page.
    fn count(&self, len: usize) {
        self.written.set(self.written.get().saturating_add(len).saturating_add(schema::PAGE_SIZE));
    }

    fn run(&self, sql: &str) -> Result<(), StoreError> {
        self.sqlite.prepare_cached(sql)?.execute([])?;
        Ok(())
    }
}

impl RawRead for RawConnection {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement = self.sqlite.prepare_cached("SELECT value FROM kv WHERE key = ?1")?;
        let mut rows = statement.query([key])?;
        match rows.next()? {
            Some(row) => Ok(Some(row.get_ref(0)?.as_blob().map_err(not_bytes)?.to_vec())),
            None => Ok(None),
        }
    }

    fn scan(&self, bounds: &Bounds, visit: Visit<'_>) -> Result<(), StoreError> {
        let sql = if bounds.reverse {
            "SELECT key, value FROM kv WHERE key >= ?1 AND key < ?2 ORDER BY key DESC LIMIT ?3"
        } else {
            "SELECT key, value FROM kv WHERE key >= ?1 AND key < ?2 ORDER BY key LIMIT ?3"
        };
        let mut statement = self.sqlite.prepare_cached(sql)?;
        let limit = i64::try_from(bounds.limit).unwrap_or(i64::MAX);
        let mut rows = statement.query(params![bounds.start, bounds.end, limit])?;
        while let Some(row) = rows.next()? {
            let key = row.get_ref(0)?.as_blob().map_err(not_bytes)?;
            let value = row.get_ref(1)?.as_blob().map_err(not_bytes)?;
            if let ControlFlow::Break(()) = visit(key, value) {
                break;
            }
        }
        Ok(())
    }
}

fn not_bytes(error: rusqlite::types::FromSqlError) -> StoreError {
    StoreError::Corrupt(error.to_string())
}

impl RawWrite for RawConnection {
    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let sql = "INSERT INTO kv (key, value) VALUES (?1, ?2) \
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.sqlite.prepare_cached(sql)?.execute([key, value])?;
        self.count(value.len());
        Ok(())
    }

    fn delete(&self, key: &[u8]) -> Result<(), StoreError> {
        self.sqlite.prepare_cached("DELETE FROM kv WHERE key = ?1")?.execute([key])?;
        self.count(0);
        Ok(())
    }

    fn delete_range(&self, start: &[u8], end: &[u8]) -> Result<(), StoreError> {
        let sql = "DELETE FROM kv WHERE key >= ?1 AND key < ?2";
        let rows = self.sqlite.prepare_cached(sql)?.execute([start, end])?;
        self.count(rows.saturating_mul(schema::PAGE_SIZE));
        Ok(())
    }
}

struct WriteConnection {
    raw: RawConnection,
    sync: bool,
    /// What the connection is set to; setting it costs as much as a small write.
    durability: Option<Durability>,
}

impl WriteConnection {
    fn set_durability(&mut self, durability: Durability) -> Result<(), StoreError> {
        if self.durability != Some(durability) {
            let level = match durability {
                Durability::Synced if self.sync => "FULL",
                // In this mode SQLite syncs the journal before a checkpoint and not at commits:
                // the file stays sound and keeps its order.
                _ => "NORMAL",
            };
            self.raw.sqlite.pragma_update(None, "synchronous", level)?;
            self.durability = Some(durability);
        }
        Ok(())
    }

    fn checkpoint(&self, at_bytes: usize) {
        if self.raw.written.get() < at_bytes {
            return;
        }
        self.raw.written.set(0);
        // Passive: takes what no reader needs any more and waits for nobody.
        let result = self.raw.sqlite.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = result {
            tracing::warn!(%error, "failed to checkpoint the journal");
        }
    }
}

impl WriteSide for WriteConnection {
    fn begin(&mut self, durability: Durability) -> Result<(), StoreError> {
        self.set_durability(durability)?;
        self.raw.run("BEGIN IMMEDIATE")
    }

    fn savepoint(&mut self) -> Result<(), StoreError> {
        self.raw.run("SAVEPOINT job")
    }

    fn end_savepoint(&mut self, keep: bool) -> Result<(), StoreError> {
        if self.raw.sqlite.is_autocommit() {
            // SQLite has undone the whole transaction on its own, as it does when the disk is full.
            return Err(StoreError::Full);
        }
        if !keep {
            self.raw.run("ROLLBACK TO job")?;
        }
        self.raw.run("RELEASE job")
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.raw.run("COMMIT")?;
        self.checkpoint(FORCED_CHECKPOINT_BYTES);
        Ok(())
    }

    fn rollback(&mut self) {
        if !self.raw.sqlite.is_autocommit()
            && let Err(error) = self.raw.run("ROLLBACK")
        {
            tracing::error!(%error, "failed to roll back");
        }
    }

    fn raw(&self) -> &dyn RawWrite {
        &self.raw
    }

    fn idle(&mut self) {
        self.checkpoint(CHECKPOINT_BYTES);
    }
}
