//! Resources, indexes, events and wake-ups, on every backend.

use serde_json::{Value, json};
use shape::Shape;
use store::{
    Event, Index, Key, Query, Range, Resource, Store, StoreError, Stored, Touched, WakeKey,
};
use types::{Account, Region, Scope, Timestamp};

use crate::on_every_backend;

#[derive(Shape, Default, Clone, PartialEq)]
struct Build {
    #[shape(required)]
    id: String,
    #[shape(required)]
    project: String,
    started: i64,
    token: Option<String>,
    log: Option<Vec<String>>,
}

impl Resource for Build {
    const KIND: &'static str = "test.build";
    const SCHEMA: u32 = 2;

    fn key(&self) -> String {
        self.id.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        let by_project =
            Index::new("project", &self.project).sorted_by(Key::new().signed(self.started));
        let by_token = self.token.iter().map(|token| Index::global("token", token));
        by_token.chain([by_project]).collect()
    }

    fn migrate(from: u32, document: &mut Value) -> Result<(), String> {
        match (from, document.as_object_mut()) {
            (1, Some(document)) => {
                let project = document.remove("oldProject").ok_or("no oldProject")?;
                document.insert("project".to_owned(), project);
                Ok(())
            }
            _ => Err(format!("unknown version {from}")),
        }
    }
}

/// What an earlier version of the program would have written.
#[derive(Shape, Default, Clone)]
struct OldBuild {
    id: String,
    old_project: String,
}

impl Resource for OldBuild {
    const KIND: &'static str = "test.build";
    fn key(&self) -> String {
        self.id.clone()
    }
}

#[derive(Shape, Default, Clone)]
struct NewBuild {
    id: String,
}

impl Resource for NewBuild {
    const KIND: &'static str = "test.build";
    const SCHEMA: u32 = 3;
    fn key(&self) -> String {
        self.id.clone()
    }
}

fn scope(account: u64, region: &str) -> Scope {
    Scope::new(Account::new(&format!("{account:012}")).unwrap(), Region::new(region).unwrap())
}

fn build(id: &str, project: &str, started: i64) -> Build {
    Build { id: id.to_owned(), project: project.to_owned(), started, ..Build::default() }
}

fn put(store: &Store, scope: &Scope, value: &Build) -> u64 {
    let (scope, value) = (scope.clone(), value.clone());
    store.write_blocking::<_, StoreError>(move |tx| tx.put(&scope, &value)).unwrap()
}

fn ids(items: &[Stored<Build>]) -> Vec<&str> {
    items.iter().map(|build| build.id.as_str()).collect()
}

#[test]
fn compare_and_swap() {
    on_every_backend(|store| {
        let here = scope(1, "us-east-1");
        let insert = |value: Build| {
            let here = here.clone();
            store.write_blocking::<_, StoreError>(move |tx| tx.insert(&here, &value))
        };
        let update = |stored: Stored<Build>| {
            let here = here.clone();
            store.write_blocking::<_, StoreError>(move |tx| tx.update(&here, &stored))
        };
        let get = || store.read(|tx| tx.get::<Build>(&here, "b")).unwrap().unwrap();
        insert(build("b", "p", 1)).unwrap();
        let again = insert(build("b", "p", 2));
        assert!(matches!(again, Err(StoreError::AlreadyExists { kind: "test.build", .. })));
        let mut mine = get();
        let theirs = get();
        mine.log = Some(vec!["line".to_owned()]);
        let version = update(mine.clone()).unwrap();
        assert_eq!((get().value, get().version), (mine.value.clone(), version));
        assert!(matches!(update(theirs), Err(StoreError::Conflict { .. })));

        // A copy from before a deletion is not a copy of the successor.
        let before = get();
        let (here2, here3) = (here.clone(), here.clone());
        store.write_blocking::<_, StoreError>(move |tx| tx.delete::<Build>(&here2, "b")).unwrap();
        assert!(matches!(update(before.clone()), Err(StoreError::Conflict { .. })));
        insert(build("b", "p", 1)).unwrap();
        assert!(matches!(update(before), Err(StoreError::Conflict { .. })));
        let gone = store
            .write_blocking::<_, StoreError>(move |tx| tx.delete::<Build>(&here3, "none"))
            .unwrap();
        assert!(!gone);
    });
}

#[test]
fn listing_stays_in_its_scope_and_pages() {
    on_every_backend(|store| {
        let (here, there) = (scope(1, "us-east-1"), scope(1, "us-east-2"));
        for n in 0..25 {
            put(store, &here, &build(&format!("b{n:02}"), "p", n));
        }
        // A key that tries to look like another scope's.
        put(store, &here, &build("x\0\u{1}000000000001/us-east-2\0\u{1}evil", "p", 0));
        put(store, &there, &build("other", "p", 0));
        let list = |query: &Query| store.read(|tx| tx.list::<Build>(&here, query)).unwrap();
        let mut seen = Vec::new();
        let mut query = Query::first(10);
        loop {
            let page = list(&query);
            seen.extend(page.items.iter().map(|build| build.id.clone()));
            match page.next {
                Some(next) => query = Query::first(10).after(Some(next)),
                None => break,
            }
        }
        assert_eq!(seen.len(), 26);
        assert!(seen.is_sorted());
        assert_eq!(ids(&list(&Query::first(2).reversed()).items)[1], "b24");
        assert_eq!(list(&Query::default().prefix("b1")).items.len(), 10);
        assert_eq!(list(&Query::first(10).prefix("b1")).next, None, "exactly a page");
        let others = store.read(|tx| tx.list::<Build>(&there, &Query::default())).unwrap();
        assert_eq!(ids(&others.items), ["other"]);
        let all = store.read(|tx| tx.list_all_scopes::<Build>(None, 26)).unwrap();
        let rest = store.read(|tx| tx.list_all_scopes::<Build>(all.next, 26)).unwrap();
        assert_eq!((rest.items[0].scope.clone(), rest.next), (there.clone(), None));
        assert_eq!(store.read(|tx| tx.count::<Build>(&here, 1000)), Ok(26));
        assert_eq!(store.read(|tx| tx.count::<Build>(&here, 7)), Ok(7));
    });
}

#[test]
fn indexes_follow_their_resources() {
    on_every_backend(|store| {
        let here = scope(1, "us-east-1");
        for (id, project, started) in
            [("a", "p", 30), ("b", "p", -10), ("c", "q", 5), ("d", "p", 20)]
        {
            put(store, &here, &build(id, project, started));
        }
        let by = |project: &str, query: Query| {
            store.read(|tx| tx.by_index::<Build>(&here, "project", project, &query)).unwrap()
        };
        assert_eq!(ids(&by("p", Query::default()).items), ["b", "d", "a"]);
        let count = |limit| {
            store.read(|tx| tx.count_by_index::<Build>(&here, "project", "p", limit)).unwrap()
        };
        assert_eq!((count(10), count(2)), (3, 2));
        let first = by("p", Query::first(2).reversed());
        assert_eq!(ids(&first.items), ["a", "d"]);
        let second = by("p", Query::first(2).reversed().after(first.next));
        assert_eq!((ids(&second.items), &second.next), (vec!["b"], &None));
        put(store, &here, &build("b", "q", 1));
        assert_eq!(ids(&by("p", Query::default()).items), ["d", "a"]);
        assert_eq!(ids(&by("q", Query::default()).items), ["b", "c"]);
        let theirs = here.clone();
        store.write_blocking::<_, StoreError>(move |tx| tx.delete::<Build>(&theirs, "b")).unwrap();
        assert_eq!(ids(&by("q", Query::default()).items), ["c"]);
        let left = store.read(|tx| tx.scan_raw("idx", &Range::all())).unwrap();
        assert_eq!(left.len(), 3, "no entry is left of what is gone");
    });
}

#[test]
fn global_indexes_find_in_every_scope() {
    on_every_backend(|store| {
        let there = scope(7, "eu-west-1");
        put(store, &there, &Build { token: Some("secret".to_owned()), ..build("a", "p", 1) });
        let find = |token: &str| {
            store.read(|tx| tx.find_anywhere::<Build>("token", token, &Query::first(1))).unwrap()
        };
        assert_eq!(find("secret").items[0].scope, there);
        assert!(find("secre").items.is_empty());
        put(store, &there, &build("a", "p", 1));
        assert!(find("secret").items.is_empty());
    });
}

#[test]
fn documents_are_migrated_when_read() {
    on_every_backend(|store| {
        let here = scope(1, "us-east-1");
        let (theirs, old) = (here.clone(), OldBuild { id: "b".into(), old_project: "p".into() });
        store.write_blocking::<_, StoreError>(move |tx| tx.put(&theirs, &old)).unwrap();
        let read = store.read(|tx| tx.get::<Build>(&here, "b")).unwrap().unwrap();
        assert_eq!(read.project, "p");
        let theirs = here.clone();
        store
            .write_blocking::<_, StoreError>(move |tx| {
                tx.put(&theirs, &NewBuild { id: "n".into() })
            })
            .unwrap();
        let refused = store.read(|tx| tx.get::<Build>(&here, "n")).unwrap_err();
        assert!(matches!(refused, StoreError::NewerSchema { found: 3, known: 2, .. }), "{refused}");
    });
}

#[test]
fn events_keep_their_order_and_are_trimmed() {
    on_every_backend(|store| {
        for n in 0..5 {
            let event = Event {
                id: n.to_string(),
                detail: json!({"n": n}),
                time: Timestamp::from_millis(1_700_000_000_123),
                ..Event::default()
            };
            let kept = store.write_blocking(move |tx| {
                tx.emit(event.clone())?;
                if n == 2 { Err(StoreError::Fenced("no".to_owned())) } else { Ok(()) }
            });
            assert_eq!(kept.is_ok(), n != 2);
        }
        let events = store.read(|tx| tx.events_after(0, 100)).unwrap();
        let got: Vec<_> =
            events.iter().map(|(number, event)| (*number, event.id.as_str())).collect();
        assert_eq!(got, [(1, "0"), (2, "1"), (3, "3"), (4, "4")]);
        assert_eq!(events[0].1.time, Timestamp::from_millis(1_700_000_000_123));
        store.write_blocking::<_, StoreError>(|tx| tx.trim_events(3)).unwrap();
        let events = store.read(|tx| tx.events_after(1, 100)).unwrap();
        assert_eq!((events.len(), events[0].0), (1, 4));
        assert_eq!(store.read(|tx| tx.last_event()), Ok(4));
    });
}

#[test]
fn the_earliest_wake_up_waits() {
    on_every_backend(|store| {
        let here = scope(1, "us-east-1");
        let wake = |key: &str, at: i64| {
            let key = WakeKey::new("k", &here, key);
            store
                .write_blocking::<_, StoreError>(move |tx| {
                    tx.wake(&key, Timestamp::from_millis(at))
                })
                .unwrap();
        };
        let waiting = || -> Vec<(String, i64)> {
            let wakes = store.read(|tx| tx.wakes("k", 100)).unwrap();
            wakes.into_iter().map(|wake| (wake.key.key, wake.at.millis())).collect()
        };
        wake("a", 500);
        wake("b", 300);
        wake("a", 200);
        wake("b", 900);
        assert_eq!(waiting(), [("a".to_owned(), 200), ("b".to_owned(), 300)]);
        let key = WakeKey::new("k", &here, "a");
        store.write_blocking::<_, StoreError>(move |tx| tx.cancel_wake(&key)).unwrap();
        assert_eq!(waiting(), [("b".to_owned(), 300)]);
    });
}

#[test]
fn hooks_hear_of_what_was_committed() {
    on_every_backend(|store| {
        let (sender, receiver) = std::sync::mpsc::channel();
        store.on_commit(move |touched| sender.send(touched.clone()).unwrap());
        let mut commits = store.commits();
        let key = WakeKey::new("k", &scope(1, "us-east-1"), "a");
        let failing = key.clone();
        let failed = store.write_blocking(move |tx| {
            tx.wake(&failing, Timestamp::default())?;
            Err::<(), _>(StoreError::Fenced("no".to_owned()))
        });
        assert!(failed.is_err());
        store.write_blocking::<_, StoreError>(|tx| tx.put_raw("t", b"", b"")).unwrap();
        store
            .write_blocking::<_, StoreError>(move |tx| tx.wake(&key, Timestamp::default()))
            .unwrap();
        assert_eq!(
            receiver.try_iter().collect::<Vec<_>>(),
            [Touched { wakes: vec!["k"], events: vec![] }]
        );
        assert!(commits.has_changed().unwrap());
        commits.mark_unchanged();
    });
}
