//! Containers of a Docker or Podman engine on this machine.
//!
//! A sandbox whose spec names a [`Container`] runs in one. Everything else is as in a sandbox of
//! namespaces: the supervisor, its files, the way it talks with shells. The engine makes and
//! removes the container and is not needed in between: output and commands go through named pipes
//! that supervisor and container share, so an engine that dies or is restarted takes nothing of
//! the log with it, and a build costs no call of the engine but create and start.
//!
//! The container's life hangs on one of these pipes: when the supervisor ends, however it does,
//! the kernel closes it, the container's first process reads its end and ends too, and the engine
//! removes the container, which is marked for that when it is made.

mod creation;
mod engine;
mod exec;
mod http;
mod reference;

pub use engine::{Engine, EngineInfo, Image, Login};
pub use reference::Reference;

pub(crate) use creation::{Names, PIPES, Rights, creation, first_script};
pub(crate) use engine::Running;
pub(crate) use exec::{Exec, Order, Streams};

use crate::codec::{Malformed, flag, list, object, path, text};
use crate::status::{Isolation, Level};
use serde_json::{Map, Value, json};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// Label of every container: which yard's it is.
pub(crate) const YARD_LABEL: &str = "io.codeyard.yard";
/// Label of every container: which sandbox it is.
pub(crate) const SANDBOX_LABEL: &str = "io.codeyard.sandbox";

/// Where the names of [`Container::reached_as`] lead to inside.
pub(crate) const NAMED_AT: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The container that a sandbox runs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Who makes it.
    pub engine: Engine,
    /// Its image, as the engine knows it. Must be there. Must have a POSIX shell as `/bin/sh`.
    pub image: String,
    /// Root inside is root on this machine, with all devices: for builds that run an engine of
    /// their own.
    pub privileged: bool,
    /// So much of the machine's processors, in processors; no more than there are.
    pub cpus: Option<u32>,
    /// Volumes of the engine, made when first named, kept when the sandbox is gone.
    pub volumes: Vec<Volume>,
    /// A loopback address of this machine that is reached at the same address inside, although a
    /// privileged container has a network of its own.
    pub reaches: Option<SocketAddr>,
    /// Names of hosts that stand for it inside, at port 80, in a privileged container.
    pub reached_as: Vec<String>,
    /// Certificates in PEM that are trusted inside like those that the image trusts.
    pub trusts: Option<String>,
}

/// A volume of the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Its name.
    pub name: String,
    /// Where it shows inside; absolute.
    pub inside: PathBuf,
}

impl Container {
    /// Of an image, with nothing special about it.
    pub fn new(engine: Engine, image: impl Into<String>) -> Self {
        let image = image.into();
        Self {
            engine,
            image,
            privileged: false,
            cpus: None,
            volumes: Vec::new(),
            reaches: None,
            reached_as: Vec::new(),
            trusts: None,
        }
    }

    /// How one is kept from the machine by an engine that offers this.
    pub fn isolation(&self, info: &EngineInfo) -> Isolation {
        let mut reasons = info.lacks.clone();
        if self.privileged {
            let why = "the container is privileged: root inside is root on this machine";
            reasons.push(why.to_owned());
        }
        let level = if reasons.is_empty() { Level::Full } else { Level::Reduced };
        Isolation { level, reasons }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "socket": crate::codec::path_to_json(self.engine.socket()),
            "image": self.image,
            "privileged": self.privileged,
            "cpus": self.cpus,
            "trusts": self.trusts,
            "reaches": self.reaches.map(|address| address.to_string()),
            "reached_as": self.reached_as,
            "volumes": self.volumes.iter().map(|volume| json!({
                "name": volume.name, "inside": crate::codec::path_to_json(&volume.inside),
            })).collect::<Vec<_>>(),
        })
    }

    pub(crate) fn from_json(spec: &Map<String, Value>) -> Result<Option<Self>, Malformed> {
        if spec.get("container").is_none_or(Value::is_null) {
            return Ok(None);
        }
        let it = object(spec, "container")?;
        Ok(Some(Self {
            engine: Engine::on(path(it, "socket")?),
            image: text(it, "image")?,
            privileged: flag(it, "privileged")?,
            cpus: it.get("cpus").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()),
            trusts: it.get("trusts").and_then(Value::as_str).map(str::to_owned),
            reaches: it.get("reaches").and_then(Value::as_str).and_then(|it| it.parse().ok()),
            reached_as: it
                .get("reached_as")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect(),
            volumes: list(it, "volumes", |volume| {
                let volume = volume.as_object()?;
                Some(Volume {
                    name: text(volume, "name").ok()?,
                    inside: path(volume, "inside").ok()?,
                })
            })?,
        }))
    }
}

/// Which containers are a yard's: a name for its directory of sandboxes.
pub(crate) fn yard_name(base: &Path) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    base.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// What the names of a yard's volumes begin with.
pub(crate) fn volume_prefix(base: &Path) -> String {
    format!("codeyard-{}-", yard_name(base))
}

/// The name of a sandbox's container, the same whenever it is asked for.
pub(crate) fn container_name(base: &Path, id: &crate::SandboxId) -> String {
    format!("codeyard-{}-{id}", yard_name(base))
}
