//! The tables and how they came to be: forward only, after a backup.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _};

use crate::StoreError;

/// Bytes in a page; fixed when the file is made.
pub(super) const PAGE_SIZE: usize = 8192;

/// One step to the next schema version, as SQL.
pub(super) type Step = &'static str;

/// The step at index `n` leads from version `n` to `n + 1`; the last one leads to today.
pub(super) const STEPS: &[Step] = &[
    "CREATE TABLE kv (key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID, STRICT;",
];

/// Brings the database in `dir` to the version that `steps` lead to.
pub(super) fn prepare(
    connection: &Connection,
    dir: &Path,
    steps: &[Step],
) -> Result<(), StoreError> {
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    connection.pragma_update(None, "page_size", PAGE_SIZE as i64)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // Tables are there when the first synced write is, and needed no sooner.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL)
         WITHOUT ROWID, STRICT;",
    )?;
    let found: u32 = connection
        .query_row("SELECT value FROM meta WHERE name = 'schema'", [], |row| row.get(0))
        .optional()?
        .unwrap_or(0);
    if found > known {
        let what = format!("the data directory {}", dir.display());
        return Err(StoreError::NewerSchema { what, found, known });
    }
    if found == known {
        return Ok(());
    }
    if found > 0 {
        back_up(connection, dir, found)?;
    }
    let steps = steps.get(found as usize..).unwrap_or_default().concat();
    let migrated = connection.execute_batch(&format!(
        "BEGIN IMMEDIATE; {steps}
         INSERT INTO meta (name, value) VALUES ('schema', {known})
         ON CONFLICT (name) DO UPDATE SET value = excluded.value; COMMIT;"
    ));
    if migrated.is_err() && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    Ok(migrated?)
}

/// Copies the database as it is beside itself. An older copy of the same version is replaced:
/// a migration that failed has changed nothing.
fn back_up(connection: &Connection, dir: &Path, version: u32) -> Result<(), StoreError> {
    let path = dir.join(format!("store-backup-schema-{version}.db"));
    let failed = |error: &dyn std::fmt::Display| {
        StoreError::Io(format!("failed to back up to {}: {error}", path.display()))
    };
    if path.exists() {
        std::fs::remove_file(&path).map_err(|error| failed(&error))?;
    }
    connection
        .execute("VACUUM INTO ?1", [path.to_string_lossy().as_ref()])
        .map_err(|error| failed(&error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MORE: &[Step] =
        &[STEPS[0], "CREATE TABLE more (x INTEGER); INSERT INTO more VALUES (7);"];
    const BROKEN: &[Step] = &[STEPS[0], "CREATE TABLE half (x INTEGER); SELECT nonsense;"];

    fn open(dir: &Path) -> Connection {
        Connection::open(dir.join("store.db")).unwrap()
    }

    fn insert_and_count(connection: &Connection) -> i64 {
        connection.execute("INSERT INTO kv VALUES (randomblob(8), x'01')", []).unwrap();
        connection.query_row("SELECT count(*) FROM kv", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn goes_forward_after_a_backup() {
        let dir = tempfile::tempdir().unwrap();
        prepare(&open(dir.path()), dir.path(), STEPS).unwrap();
        assert_eq!(insert_and_count(&open(dir.path())), 1);
        prepare(&open(dir.path()), dir.path(), MORE).unwrap();
        prepare(&open(dir.path()), dir.path(), MORE).unwrap();
        assert_eq!(insert_and_count(&open(dir.path())), 2);
        let backup = Connection::open(dir.path().join("store-backup-schema-1.db")).unwrap();
        assert_eq!(insert_and_count(&backup), 2, "the backup holds what was there before");
        assert!(backup.prepare("SELECT * FROM more").is_err());
    }

    #[test]
    fn a_failed_step_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        prepare(&open(dir.path()), dir.path(), STEPS).unwrap();
        assert!(prepare(&open(dir.path()), dir.path(), BROKEN).is_err());
        assert!(open(dir.path()).prepare("SELECT * FROM half").is_err());
        prepare(&open(dir.path()), dir.path(), MORE).unwrap();
    }

    #[test]
    fn refuses_what_a_newer_program_wrote() {
        let dir = tempfile::tempdir().unwrap();
        prepare(&open(dir.path()), dir.path(), MORE).unwrap();
        let refused = prepare(&open(dir.path()), dir.path(), STEPS).unwrap_err();
        assert!(matches!(refused, StoreError::NewerSchema { found: 2, known: 1, .. }), "{refused}");
    }
}
