//! Images that an engine has because a credential fetched them.
//!
//! An engine gives what it has to everybody who names it; a registry does not. So it is kept which
//! images came with a credential: a build that names one later must get it from its registry anew,
//! by its own credential or without any. What came without a credential, and what whoever runs the
//! engine has put into it, is everybody's.
//!
//! Kept by the repository and the image's id, since one image may be known by several tags and by
//! its digest. A fetch is noted before it begins: an engine may have the image before the yard
//! knows which it is, and a yard may end in between.

use sandbox::docker::Reference;
use store::{Key, Range, ReadTx, StoreError, WriteTx};

/// Space of the store; key: repository, the image's id.
const PRIVATE: &str = "codebuild-private-image";
/// Space of the store; key: repository, version, build: what is being fetched with a credential.
const FETCHES: &str = "codebuild-private-fetch";
/// Whose images are meant by names without a registry.
const DEFAULT_REGISTRY: &str = "docker.io";

/// The whole names that a name may mean, the registry's first: engines guess at what names without
/// a registry mean, and some find an image of any registry by its last words.
pub(crate) fn qualified(image: &Reference) -> Vec<Reference> {
    let named = |registry: &str, path: &str| Reference {
        name: format!("{registry}/{path}"),
        ..image.clone()
    };
    let hub = |path: &str| match path.contains('/') {
        true => named(DEFAULT_REGISTRY, path),
        false => named(DEFAULT_REGISTRY, &format!("library/{path}")),
    };
    match image.registry.as_deref() {
        // What Podman calls images that are of no registry.
        None => vec![hub(&image.name), named("localhost", &image.name)],
        Some(registry @ (DEFAULT_REGISTRY | "index.docker.io")) => {
            let path = image.name.strip_prefix(registry).and_then(|rest| rest.strip_prefix('/'));
            vec![hub(path.unwrap_or(&image.name))]
        }
        Some(_) => vec![image.clone()],
    }
}

fn fetches(image: &Reference) -> Key {
    Key::new().text(&image.name).text(&image.version)
}

fn private(image: &Reference, id: &str) -> Key {
    Key::new().text(&image.name).text(id)
}

/// Whether the image that the engine has by this whole name, of this id, may be there by a
/// credential only.
pub(crate) fn is_private(tx: &ReadTx<'_>, image: &Reference, id: &str) -> Result<bool, StoreError> {
    if tx.get_raw(PRIVATE, private(image, id).as_bytes())?.is_some() {
        return Ok(true);
    }
    // What is fetched by a tag can be named by its digest as soon as it is there.
    let under_way = match image.version.contains(':') {
        true => Key::new().text(&image.name),
        false => fetches(image),
    };
    Ok(!tx.scan_raw(FETCHES, &Range::prefix(under_way).limit(1))?.is_empty())
}

/// A build has it fetched with a credential now.
pub(crate) fn begin(
    tx: &mut WriteTx<'_>,
    image: &Reference,
    build: &str,
) -> Result<(), StoreError> {
    tx.put_raw(FETCHES, fetches(image).text(build).as_bytes(), &[])
}

/// That is over; the id of what the engine has by that name now.
pub(crate) fn end(
    tx: &mut WriteTx<'_>,
    image: &Reference,
    build: &str,
    id: Option<&str>,
) -> Result<(), StoreError> {
    if let Some(id) = id {
        tx.put_raw(PRIVATE, private(image, id).as_bytes(), &[])?;
    }
    tx.delete_raw(FETCHES, fetches(image).text(build).as_bytes())
}

/// Its registry gives it to everybody.
pub(crate) fn publish(tx: &mut WriteTx<'_>, image: &Reference, id: &str) -> Result<(), StoreError> {
    tx.delete_raw(PRIVATE, private(image, id).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::Store;

    fn of(name: &str) -> Reference {
        let mut all = qualified(&Reference::parse(name).unwrap());
        all.remove(0)
    }

    #[test]
    fn names_are_made_whole() {
        for (name, whole) in [
            ("tool", &["docker.io/library/tool:latest", "localhost/tool:latest"][..]),
            ("team/tool:1", &["docker.io/team/tool:1", "localhost/team/tool:1"]),
            ("docker.io/tool:1", &["docker.io/library/tool:1"]),
            ("index.docker.io/team/tool:1", &["docker.io/team/tool:1"]),
            ("docker.io/library/tool:1", &["docker.io/library/tool:1"]),
            ("r.example.com:5000/tool:1", &["r.example.com:5000/tool:1"]),
            ("localhost/tool:1", &["localhost/tool:1"]),
        ] {
            let all = qualified(&Reference::parse(name).unwrap());
            let all: Vec<_> = all.iter().map(Reference::full).collect();
            assert_eq!(all, whole, "{name}");
        }
    }

    #[test]
    fn what_came_by_a_credential_is_private_by_all_its_names() {
        let store = Store::memory().unwrap();
        let write = |f: fn(&mut WriteTx<'_>) -> Result<(), StoreError>| {
            store.write_blocking(f).unwrap();
        };
        let is = |name: &str, id: &str| store.read(|tx| is_private(tx, &of(name), id)).unwrap();
        let digest = format!("r.io/tool@sha256:{}", "0a".repeat(32));
        assert!(!is("r.io/tool:1", "a"));
        write(|tx| begin(tx, &of("r.io/tool:1"), "b1"));
        // By whatever id, until it is known.
        assert!(is("r.io/tool:1", "a") && is(&digest, "b"));
        assert!(!is("r.io/tool:2", "a") && !is("r.io/too:1", "a") && !is("tool:1", "a"));
        write(|tx| begin(tx, &of("r.io/tool:1"), "b2"));
        write(|tx| end(tx, &of("r.io/tool:1"), "b1", Some("a")));
        assert!(is("r.io/tool:1", "b"), "another is under way");
        write(|tx| end(tx, &of("r.io/tool:1"), "b2", None));
        assert!(is("r.io/tool:1", "a") && is("r.io/tool:2", "a") && is(&digest, "a"));
        // Another image by the same name, or the same image by its owner's name.
        assert!(!is("r.io/tool:1", "b") && !is("own:1", "a"));
        write(|tx| publish(tx, &of("r.io/tool:2"), "a"));
        assert!(!is("r.io/tool:1", "a"));
    }
}
