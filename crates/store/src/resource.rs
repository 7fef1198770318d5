//! Resources: one durable thing each, as a versioned JSON document with declared index entries.

use std::ops::{ControlFlow, Deref, DerefMut};

use serde_json::Value;
use shape::Shape;
use types::Scope;

use crate::key::Parts;
use crate::{Key, MAX_SCAN, Range, ReadTx, StoreError, WriteTx};

const DOCUMENTS: &str = "doc";
const INDEX: &str = "idx";
const GLOBAL_INDEX: &str = "gidx";
/// The layout of a record's head.
const LAYOUT: u8 = 1;

/// A kind of durable thing.
pub trait Resource: Shape + Default + Clone + Send + Sync + 'static {
    /// What it is, for instance `codecommit.repository`. Never changes once data exists.
    const KIND: &'static str;
    /// The document's version; raised together with a step in [`Resource::migrate`].
    const SCHEMA: u32 = 1;

    /// Its name within its scope.
    fn key(&self) -> String;

    /// By what else it is found.
    fn indexes(&self) -> Vec<Index> {
        Vec::new()
    }

    /// Brings a document of version `from` to [`Resource::SCHEMA`].
    ///
    /// # Errors
    /// Says why it cannot; the document is then reported as corrupt.
    fn migrate(from: u32, document: &mut Value) -> Result<(), String> {
        let _ = document;
        Err(format!("there is no step from schema version {from}"))
    }
}

/// One way to find a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    name: &'static str,
    value: String,
    sort: Key,
    global: bool,
}

impl Index {
    /// Found by `value` within its scope.
    pub fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into(), sort: Key::new(), global: false }
    }

    /// Found by `value` in all scopes at once, with [`ReadTx::find_anywhere`].
    pub fn global(name: &'static str, value: impl Into<String>) -> Self {
        Self { global: true, ..Self::new(name, value) }
    }

    /// Results come in the order of `sort` and then of the key.
    #[must_use]
    pub fn sorted_by(mut self, sort: Key) -> Self {
        self.sort = sort;
        self
    }

    /// The raw space and key of the entry.
    fn entry(&self, kind: &str, scope: &str, key: &str) -> (&'static str, Vec<u8>) {
        let start = Key::new().text(kind);
        if self.global {
            let start = start.text(self.name).text(&self.value);
            let tail = Key::new().text(scope).text(key);
            (GLOBAL_INDEX, [start.as_bytes(), self.sort.as_bytes(), tail.as_bytes()].concat())
        } else {
            let start = start.text(scope).text(self.name).text(&self.value);
            let tail = Key::new().text(key);
            (INDEX, [start.as_bytes(), self.sort.as_bytes(), tail.as_bytes()].concat())
        }
    }
}

/// A resource as it was read.
#[derive(Clone, Debug)]
pub struct Stored<R> {
    /// The resource.
    pub value: R,
    /// Its version, for [`WriteTx::update`]. No two states of a key share one.
    pub version: u64,
    /// Its owner.
    pub scope: Scope,
}

impl<R> Stored<R> {
    /// The resource alone.
    pub fn into_inner(self) -> R {
        self.value
    }
}

impl<R> Deref for Stored<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.value
    }
}

impl<R> DerefMut for Stored<R> {
    fn deref_mut(&mut self) -> &mut R {
        &mut self.value
    }
}

/// Which part of a listing is wanted.
#[derive(Clone, Debug)]
pub struct Query {
    /// Only keys that begin so (of the resource when listing, of the sort key in an index).
    pub prefix: Vec<u8>,
    /// Go on behind this: the `next` of the page before.
    pub after: Option<String>,
    /// At most this many; at most [`MAX_SCAN`].
    pub limit: usize,
    /// Last first.
    pub reverse: bool,
}

impl Default for Query {
    fn default() -> Self {
        Self { prefix: Vec::new(), after: None, limit: 1000, reverse: false }
    }
}

impl Query {
    /// At most `limit` from the beginning.
    pub fn first(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    /// Only keys that begin with `prefix`.
    #[must_use]
    pub fn prefix(mut self, prefix: &str) -> Self {
        self.prefix = Key::new().text_prefix(prefix).into();
        self
    }

    /// Go on behind the page that ended with `next`.
    #[must_use]
    pub fn after(mut self, next: Option<String>) -> Self {
        self.after = next;
        self
    }

    /// Last first.
    #[must_use]
    pub fn reversed(mut self) -> Self {
        self.reverse = true;
        self
    }
}

/// A page of resources.
#[derive(Clone, Debug)]
pub struct Listing<R> {
    /// The resources.
    pub items: Vec<Stored<R>>,
    /// Where the next page begins, if there is more. Opaque; wrap it in a
    /// [`types::PageToken`] before it goes out.
    pub next: Option<String>,
}

/// A record's head and its document, not yet decoded.
struct Record<'a> {
    schema: u32,
    version: u64,
    index_entries: Vec<(&'static str, &'a [u8])>,
    json: &'a [u8],
}

impl<'a> Record<'a> {
    fn decode(bytes: &'a [u8]) -> Option<Self> {
        let (&[layout], rest) = bytes.split_first_chunk::<1>()?;
        if layout != LAYOUT {
            return None;
        }
        let (schema, rest) = rest.split_first_chunk::<4>()?;
        let (version, rest) = rest.split_first_chunk::<8>()?;
        let (count, mut rest) = rest.split_first_chunk::<2>()?;
        let mut index_entries = Vec::new();
        for _ in 0..u16::from_be_bytes(*count) {
            let (&[space], tail) = rest.split_first_chunk::<1>()?;
            let (len, tail) = tail.split_first_chunk::<2>()?;
            let (key, tail) = tail.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
            index_entries.push((if space == 0 { INDEX } else { GLOBAL_INDEX }, key));
            rest = tail;
        }
        Some(Self {
            schema: u32::from_be_bytes(*schema),
            version: u64::from_be_bytes(*version),
            index_entries,
            json: rest,
        })
    }

    fn encode(
        schema: u32,
        version: u64,
        index_entries: &[(&'static str, Vec<u8>)],
        json: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let too_many =
            |size| StoreError::TooLarge { what: "an index", size, limit: crate::MAX_KEY };
        let count =
            u16::try_from(index_entries.len()).map_err(|_| too_many(index_entries.len()))?;
        let mut out = vec![LAYOUT];
        out.extend_from_slice(&schema.to_be_bytes());
        out.extend_from_slice(&version.to_be_bytes());
        out.extend_from_slice(&count.to_be_bytes());
        for (space, key) in index_entries {
            let len = u16::try_from(key.len()).map_err(|_| too_many(key.len()))?;
            out.push(u8::from(*space == GLOBAL_INDEX));
            out.extend_from_slice(&len.to_be_bytes());
            out.extend_from_slice(key);
        }
        out.extend_from_slice(json);
        Ok(out)
    }

    fn into_stored<R: Resource>(self, scope: &Scope, key: &str) -> Result<Stored<R>, StoreError> {
        let corrupt = |why: &dyn std::fmt::Display| {
            StoreError::Corrupt(format!("{} {key:?}: {why}", R::KIND))
        };
        if self.schema > R::SCHEMA {
            return Err(StoreError::NewerSchema {
                what: format!("{} {key:?}", R::KIND),
                found: self.schema,
                known: R::SCHEMA,
            });
        }
        let misread =
            |error: shape::ReadError| corrupt(&format_args!("{} at {}", error.message, error.path));
        let value = if self.schema == R::SCHEMA {
            shape::json::from_slice(self.json).map_err(misread)?
        } else {
            let mut document: Value =
                serde_json::from_slice(self.json).map_err(|error| corrupt(&error))?;
            R::migrate(self.schema, &mut document).map_err(|error| corrupt(&error))?;
            let mut value = R::default();
            shape::json::from_value(&mut value, &document).map_err(misread)?;
            value
        };
        Ok(Stored { value, version: self.version, scope: scope.clone() })
    }
}

fn decode<R: Resource>(bytes: &[u8], scope: &Scope, key: &str) -> Result<Stored<R>, StoreError> {
    Record::decode(bytes)
        .ok_or_else(|| StoreError::Corrupt(format!("{} {key:?}: unknown layout", R::KIND)))?
        .into_stored(scope, key)
}

fn document_key<R: Resource>(scope: &Scope, key: &str) -> Vec<u8> {
    scope_key(R::KIND, scope).text(key).into()
}

fn scope_key(kind: &str, scope: &Scope) -> Key {
    Key::new().text(kind).text(&scope.to_string())
}

fn damaged(kind: &str) -> StoreError {
    StoreError::Corrupt(format!("an index or key of {kind}"))
}

impl ReadTx<'_> {
    /// The resource, if it is there.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::NewerSchema`] if the document cannot be read.
    pub fn get<R: Resource>(
        &self,
        scope: &Scope,
        key: &str,
    ) -> Result<Option<Stored<R>>, StoreError> {
        match self.get_raw(DOCUMENTS, &document_key::<R>(scope, key))? {
            Some(bytes) => decode(&bytes, scope, key).map(Some),
            None => Ok(None),
        }
    }

    /// Whether the resource is there, without reading it.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the disk refuses.
    pub fn exists<R: Resource>(&self, scope: &Scope, key: &str) -> Result<bool, StoreError> {
        Ok(self.get_raw(DOCUMENTS, &document_key::<R>(scope, key))?.is_some())
    }

    /// The resources of a scope in key order.
    ///
    /// # Errors
    /// Those of [`ReadTx::get`]; [`StoreError::TooLarge`] for limits over [`MAX_SCAN`].
    pub fn list<R: Resource>(
        &self,
        scope: &Scope,
        query: &Query,
    ) -> Result<Listing<R>, StoreError> {
        let start = scope_key(R::KIND, scope);
        let range = page(&start, query, query.after.as_deref().map(|key| Key::new().text(key)));
        let mut page = PageOf::new(query.limit);
        self.visit_raw(DOCUMENTS, &range?, |raw, bytes| {
            page.add(|| {
                let mut parts = Key::parts(raw);
                let (_, _) = (parts.text(), parts.text());
                let key = parts.text().ok_or_else(|| damaged(R::KIND))?;
                Ok((decode(bytes, scope, &key)?, key))
            })
        })?;
        page.finish()
    }

    /// The resources of all scopes, in order of scope and key. For sweeps over everything.
    ///
    /// # Errors
    /// Those of [`ReadTx::list`].
    pub fn list_all_scopes<R: Resource>(
        &self,
        after: Option<String>,
        limit: usize,
    ) -> Result<Listing<R>, StoreError> {
        let query = Query { after, limit, ..Query::default() };
        let behind = match &query.after {
            Some(after) => {
                let (scope, key) = after.split_once(' ').ok_or_else(|| damaged(R::KIND))?;
                Some(Key::new().text(scope).text(key))
            }
            None => None,
        };
        let range = page(&Key::new().text(R::KIND), &query, behind);
        let mut page = PageOf::new(limit);
        self.visit_raw(DOCUMENTS, &range?, |raw, bytes| {
            page.add(|| {
                let mut parts = Key::parts(raw);
                let _ = parts.text();
                let (scope, key) = owner(&mut parts, R::KIND)?;
                Ok((decode(bytes, &scope, &key)?, format!("{scope} {key}")))
            })
        })?;
        page.finish()
    }

    /// How many resources the scope has, counted up to `limit` (at most [`MAX_SCAN`]): for quotas.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] for limits over [`MAX_SCAN`].
    pub fn count<R: Resource>(&self, scope: &Scope, limit: usize) -> Result<usize, StoreError> {
        let mut count = 0;
        let range = Range::prefix(scope_key(R::KIND, scope)).limit(limit);
        self.visit_raw(DOCUMENTS, &range, |_, _| {
            count += 1;
            ControlFlow::Continue(())
        })?;
        Ok(count)
    }

    /// The resources of a scope that have `value` in the index `name`, in the order of the index.
    ///
    /// # Errors
    /// Those of [`ReadTx::list`].
    pub fn by_index<R: Resource>(
        &self,
        scope: &Scope,
        name: &'static str,
        value: &str,
        query: &Query,
    ) -> Result<Listing<R>, StoreError> {
        let start = scope_key(R::KIND, scope).text(name).text(value);
        self.indexed(INDEX, &start, query, |document| {
            let mut parts = Key::parts(document);
            let key = parts.text().ok_or_else(|| damaged(R::KIND))?;
            Ok((scope.clone(), key))
        })
    }

    /// How many resources of a scope have `value` in the index `name`, counted up to `limit` (at
    /// most [`MAX_SCAN`]), without reading them: for quotas.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] for limits over [`MAX_SCAN`].
    pub fn count_by_index<R: Resource>(
        &self,
        scope: &Scope,
        name: &'static str,
        value: &str,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let start = scope_key(R::KIND, scope).text(name).text(value);
        let mut count = 0;
        self.visit_raw(INDEX, &Range::prefix(start).limit(limit), |_, _| {
            count += 1;
            ControlFlow::Continue(())
        })?;
        Ok(count)
    }

    /// The resources of all scopes that have `value` in the global index `name`.
    ///
    /// # Errors
    /// Those of [`ReadTx::list`].
    pub fn find_anywhere<R: Resource>(
        &self,
        name: &'static str,
        value: &str,
        query: &Query,
    ) -> Result<Listing<R>, StoreError> {
        let start = Key::new().text(R::KIND).text(name).text(value);
        self.indexed(GLOBAL_INDEX, &start, query, |document| {
            owner(&mut Key::parts(document), R::KIND)
        })
    }

    fn indexed<R: Resource>(
        &self,
        space: &'static str,
        start: &Key,
        query: &Query,
        document: impl Fn(&[u8]) -> Result<(Scope, String), StoreError>,
    ) -> Result<Listing<R>, StoreError> {
        let behind = match &query.after {
            Some(after) => Some(from_hex(after).ok_or_else(|| damaged(R::KIND))?),
            None => None,
        };
        let skip = start.as_bytes().len();
        let range = page(start, query, behind);
        let mut page = PageOf::new(query.limit);
        self.visit_raw(space, &range?, |raw, document_part| {
            page.add(|| {
                let (scope, key) = document(document_part)?;
                let stored = self.get::<R>(&scope, &key)?.ok_or_else(|| damaged(R::KIND))?;
                Ok((stored, to_hex(raw.get(skip..).unwrap_or_default())))
            })
        })?;
        page.finish()
    }
}

fn owner(parts: &mut Parts<'_>, kind: &str) -> Result<(Scope, String), StoreError> {
    let scope = parts.text().and_then(|text| Scope::parse(&text));
    match (scope, parts.text()) {
        (Some(scope), Some(key)) => Ok((scope, key)),
        _ => Err(damaged(kind)),
    }
}

/// The range of one page, and one more entry to see whether another page follows.
fn page(start: &Key, query: &Query, after: Option<impl AsRef<[u8]>>) -> Result<Range, StoreError> {
    if query.limit >= MAX_SCAN {
        return Err(StoreError::TooLarge {
            what: "a page",
            size: query.limit,
            limit: MAX_SCAN - 1,
        });
    }
    let behind = after.map(|tail| [start.as_bytes(), tail.as_ref()].concat());
    Ok(Range::prefix([start.as_bytes(), &query.prefix].concat())
        .after(behind)
        .limit(query.limit + 1)
        .reverse(query.reverse))
}

/// Gathers a page and notices whether more follows.
struct PageOf<R> {
    limit: usize,
    items: Vec<Stored<R>>,
    last: Option<String>,
    more: bool,
    failure: Option<StoreError>,
}

impl<R> PageOf<R> {
    fn new(limit: usize) -> Self {
        Self { limit, items: Vec::new(), last: None, more: false, failure: None }
    }

    fn add(
        &mut self,
        item: impl FnOnce() -> Result<(Stored<R>, String), StoreError>,
    ) -> ControlFlow<()> {
        if self.items.len() == self.limit {
            self.more = true;
            return ControlFlow::Break(());
        }
        match item() {
            Ok((item, cursor)) => {
                self.items.push(item);
                self.last = Some(cursor);
                ControlFlow::Continue(())
            }
            Err(error) => {
                self.failure = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    fn finish(self) -> Result<Listing<R>, StoreError> {
        match self.failure {
            Some(error) => Err(error),
            None => Ok(Listing { items: self.items, next: self.last.filter(|_| self.more) }),
        }
    }
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect()
}

impl WriteTx<'_> {
    /// Puts a new resource in; returns its version.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] if its key is taken.
    pub fn insert<R: Resource>(&mut self, scope: &Scope, value: &R) -> Result<u64, StoreError> {
        let key = value.key();
        if self.exists::<R>(scope, &key)? {
            return Err(StoreError::AlreadyExists { kind: R::KIND, key });
        }
        self.put(scope, value)
    }

    /// Writes back a resource that was read, here or in an earlier transaction; returns its new
    /// version.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it was changed or deleted since it was read.
    pub fn update<R: Resource>(
        &mut self,
        scope: &Scope,
        stored: &Stored<R>,
    ) -> Result<u64, StoreError> {
        let key = stored.value.key();
        let found = self.get_raw(DOCUMENTS, &document_key::<R>(scope, &key))?;
        let version = found.as_deref().and_then(Record::decode).map(|record| record.version);
        if version != Some(stored.version) {
            return Err(StoreError::Conflict { kind: R::KIND, key });
        }
        self.put(scope, &stored.value)
    }

    /// Puts a resource in, whatever was there; returns its new version.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] if the document or a key is over its limit.
    pub fn put<R: Resource>(&mut self, scope: &Scope, value: &R) -> Result<u64, StoreError> {
        let key = value.key();
        let scope_text = scope.to_string();
        let raw_key = document_key::<R>(scope, &key);
        let old = self.get_raw(DOCUMENTS, &raw_key)?;
        let old = old.as_deref().and_then(Record::decode);
        let version = match &old {
            Some(record) => record.version.wrapping_add(1),
            // Not 1: a copy of a resource that was since deleted must not pass for its successor.
            None => u64::from_be_bytes(types::random_bytes()) >> 16,
        };
        let mut entries: Vec<_> = Vec::new();
        for index in value.indexes() {
            let document = if index.global {
                Key::new().text(&scope_text).text(&key)
            } else {
                Key::new().text(&key)
            };
            entries.push((index.entry(R::KIND, &scope_text, &key), document));
        }
        let old_entries = old.as_ref().map_or(&[][..], |record| &record.index_entries);
        for (space, entry) in old_entries {
            if !entries.iter().any(|(new, _)| new.0 == *space && new.1 == *entry) {
                self.delete_raw(space, entry)?;
            }
        }
        for ((space, entry), document) in &entries {
            // An entry leads to this document and no other: what is there is right, and each
            // rewritten row would cost a page of the journal.
            if !old_entries.iter().any(|old| old.0 == *space && old.1 == entry.as_slice()) {
                self.put_raw(space, entry, document.as_bytes())?;
            }
        }
        let entries: Vec<_> = entries.into_iter().map(|(entry, _)| entry).collect();
        let record = Record::encode(R::SCHEMA, version, &entries, &shape::json::to_vec(value))?;
        self.put_raw(DOCUMENTS, &raw_key, &record)?;
        Ok(version)
    }

    /// Takes a resource away; says whether it was there.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the disk refuses.
    pub fn delete<R: Resource>(&mut self, scope: &Scope, key: &str) -> Result<bool, StoreError> {
        let raw_key = document_key::<R>(scope, key);
        let Some(old) = self.get_raw(DOCUMENTS, &raw_key)? else { return Ok(false) };
        for (space, entry) in Record::decode(&old).iter().flat_map(|record| &record.index_entries) {
            self.delete_raw(space, entry)?;
        }
        self.delete_raw(DOCUMENTS, &raw_key)?;
        Ok(true)
    }
}
