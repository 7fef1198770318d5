//! XML read from its beginning to its end, an element at a time. A document type may be named but
//! is not read: nothing is fetched, and the only entities are XML's own five.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader as Events, escape};

use super::text::Document;
use super::{Error, MAX_DEPTH};

/// Attributes of one element.
const MAX_ATTRIBUTES: usize = 256;

/// An element's start.
pub(super) struct Element {
    /// Name without prefix.
    pub name: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    /// The value of an attribute, named without prefix.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value of an attribute; empty if absent.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// A count in an attribute; 0 if absent or none.
    pub fn count(&self, name: &str) -> u32 {
        self.get(name).and_then(|text| text.trim().parse().ok()).unwrap_or(0)
    }
}

/// What [`Reader::children`] calls for each child.
pub(super) type Each<'f, 'a> = &'f mut dyn FnMut(&mut Reader<'a>, &Element) -> Result<(), Error>;

/// Reads a document.
pub(super) struct Reader<'a> {
    document: &'a Document<'a>,
    events: Events<&'a [u8]>,
    /// Elements that are open.
    depth: usize,
}

enum Step {
    Open(Element),
    Close,
    Text(String),
    End,
}

impl<'a> Reader<'a> {
    pub fn new(document: &'a Document<'a>) -> Self {
        let mut events = Events::from_str(&document.text);
        // An empty element is opened and closed, like others.
        events.config_mut().expand_empty_elements = true;
        Self { document, events, depth: 0 }
    }

    /// Reads the whole document; `root` is called for its root element, of one of these names.
    pub fn root(
        mut self,
        names: &[&str],
        root: &mut dyn FnMut(&mut Self, &Element) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut found = false;
        loop {
            // Without a root of its own it is no such file.
            let step = self.step().map_err(|error| if found { error } else { error.foreign() });
            match step? {
                Step::Open(_) if found => return Err(self.error("a second root element")),
                Step::Open(element) if names.contains(&element.name.as_str()) => {
                    found = true;
                    root(&mut self, &element)?;
                    self.leave(0)?;
                }
                Step::Open(element) => {
                    let message = format!(
                        "the root element is <{}>: it must be <{}>",
                        super::text::cut(element.name, 64),
                        names.join("> or <")
                    );
                    return Err(self.error(message).foreign());
                }
                Step::Text(text) if !text.trim().is_empty() => {
                    let error = self.error("text outside of the root element");
                    return Err(if found { error } else { error.foreign() });
                }
                Step::Text(_) | Step::Close => {}
                Step::End if found => return Ok(()),
                Step::End => return Err(self.error("there is no XML in it").foreign()),
            }
        }
    }

    /// Calls `each` for every child of the element that was opened last, to its end. What `each`
    /// leaves unread of a child is passed over.
    pub fn children(&mut self, each: Each<'_, 'a>) -> Result<(), Error> {
        let level = self.depth;
        loop {
            match self.step()? {
                Step::Open(element) => {
                    each(self, &element)?;
                    self.leave(level)?;
                }
                Step::Close => return Ok(()),
                Step::Text(_) => {}
                Step::End => return Err(self.cut_short()),
            }
        }
    }

    /// The text in the element that was opened last and in the elements in it; of long ones the
    /// beginning.
    pub fn text(&mut self, characters: usize) -> Result<String, Error> {
        let level = self.depth;
        let mut all = String::new();
        while self.depth >= level {
            match self.step()? {
                // A character has at most four bytes.
                Step::Text(text) if all.len() < 4 * characters => all.push_str(&text),
                Step::End => return Err(self.cut_short()),
                _ => {}
            }
        }
        Ok(super::text::cut(all, characters))
    }

    /// Passes over the rest of what is open, down to `level` elements.
    fn leave(&mut self, level: usize) -> Result<(), Error> {
        while self.depth > level {
            if let Step::End = self.step()? {
                return Err(self.cut_short());
            }
        }
        Ok(())
    }

    fn step(&mut self) -> Result<Step, Error> {
        loop {
            let event = match self.events.read_event() {
                Ok(event) => event,
                Err(error) => {
                    let at = usize::try_from(self.events.error_position()).unwrap_or(usize::MAX);
                    return Err(self.document.error(at, format!("malformed XML: {error}")));
                }
            };
            return Ok(match event {
                Event::Start(start) | Event::Empty(start) => {
                    if self.depth >= MAX_DEPTH {
                        let message = format!("elements are nested deeper than {MAX_DEPTH}");
                        return Err(self.error(message));
                    }
                    self.depth += 1;
                    Step::Open(self.open(&start)?)
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    Step::Close
                }
                Event::Text(text) => Step::Text(text.into_inner().into_owned()),
                Event::CData(text) => Step::Text(text.into_inner().into_owned()),
                Event::GeneralRef(entity) => Step::Text(self.entity(&entity)?),
                // What it would declare are entities, and where to fetch more of them.
                Event::DocType(text) if text.contains('[') => {
                    return Err(self.error("a document type with declarations of its own"));
                }
                Event::DocType(_) | Event::Decl(_) | Event::PI(_) | Event::Comment(_) => continue,
                Event::Eof => Step::End,
            });
        }
    }

    fn open(&self, start: &BytesStart<'_>) -> Result<Element, Error> {
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            if attributes.len() >= MAX_ATTRIBUTES {
                return Err(self.error("an element with too many attributes"));
            }
            // Its own positions count from the element's start.
            let attribute = attribute.map_err(|_| {
                self.error("malformed XML: an attribute that is broken or repeated")
            })?;
            let value = escape::unescape(&attribute.value)
                .map_err(|error| self.error(format!("malformed XML: {error}")))?;
            attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
        }
        Ok(Element { name: start.local_name().as_ref().to_owned(), attributes })
    }

    fn entity(&self, entity: &BytesRef<'_>) -> Result<String, Error> {
        match entity.resolve_char_ref() {
            Ok(Some(character)) => Ok(character.to_string()),
            Ok(None) => escape::resolve_predefined_entity(entity)
                .map(str::to_owned)
                .ok_or_else(|| self.error("an entity that XML does not define")),
            Err(error) => Err(self.error(format!("malformed XML: {error}"))),
        }
    }

    fn cut_short(&self) -> Error {
        self.error("the XML ends before its elements do")
    }

    /// An error where the reader is now.
    pub fn error(&self, message: impl Into<String>) -> Error {
        let at = usize::try_from(self.events.buffer_position()).unwrap_or(usize::MAX);
        self.document.error(at, message)
    }
}
