//! The two sides of a merge: what callers name, and the commits that those are.

use git::{Objects, Oid};
use service::Cx;
use store::{ReadTx, Stored};
use wire::Error;

use crate::model::Repository;
use crate::reading::{commit_at, specified};

/// A source and a destination.
#[derive(Clone, Copy)]
pub(super) struct Sides {
    pub source: Oid,
    pub destination: Oid,
}

impl Sides {
    /// What two specifiers mean. The objects are not looked at yet.
    pub fn find(
        tx: &ReadTx<'_>,
        repository: &Repository,
        source: &str,
        destination: &str,
    ) -> Result<Self, Error> {
        let source = specified(tx, repository, Some(source))?;
        let destination = specified(tx, repository, Some(destination))?;
        Ok(Self { source, destination })
    }

    /// [`Sides::find`] in the repository of that name, with it.
    pub fn load(
        cx: &Cx,
        repository: &str,
        source: &str,
        destination: &str,
    ) -> Result<(Stored<Repository>, Self), Error> {
        cx.read(|tx| {
            let found = Repository::load(tx, &cx.scope(), repository)?;
            let sides = Self::find(tx, &found, source, destination)?;
            Ok((found, sides))
        })
    }

    /// The commits that they are or tag.
    pub fn commits(self, objects: &Objects) -> Result<Self, Error> {
        Ok(Self {
            source: commit_at(objects, &self.source)?.oid,
            destination: commit_at(objects, &self.destination)?.oid,
        })
    }
}
