//! What is asked of an engine.

use super::http::{Answer, Request, encoded};
use super::{Reference, SANDBOX_LABEL, YARD_LABEL};
use crate::contract::Error;
use base64::Engine as _;
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long an engine may take for what is quick.
const QUICK: Duration = Duration::from_secs(30);
/// How long it may take to make, start or remove a container: some copy the whole image.
const SLOW: Duration = Duration::from_secs(600);
/// How long a pull may be silent.
const SILENT_PULL: Duration = Duration::from_secs(300);

/// An engine on this machine, by its socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engine {
    socket: PathBuf,
}

/// What an engine is and offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineInfo {
    /// Its version, as it tells it.
    pub version: String,
    /// Processors.
    pub cpus: u32,
    /// Memory, in bytes.
    pub memory_bytes: u64,
    /// Whether it runs as an ordinary user, who is root in its containers.
    pub rootless: bool,
    /// What it can't hold containers to, and what follows; a sentence each.
    pub lacks: Vec<String>,
}

/// An image that an engine has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Its digest.
    pub id: String,
    /// `linux` or `windows`.
    pub os: String,
    /// `amd64`, `arm64`, …
    pub architecture: String,
    /// What it starts.
    pub entrypoint: Vec<String>,
}

/// A container that runs.
pub struct Running {
    /// The engine's name for it.
    pub id: String,
    /// Its first process, in the engine's numbers.
    pub pid: i32,
}

/// Who one is to a registry.
#[derive(Clone)]
pub struct Login {
    /// User.
    pub username: String,
    /// And password.
    pub password: String,
}

impl Engine {
    /// By its socket.
    pub fn on(socket: impl Into<PathBuf>) -> Self {
        Self { socket: socket.into() }
    }

    /// By its address, as `DOCKER_HOST` has it: `unix:///path`. Engines elsewhere are refused:
    /// builds share files with their containers.
    pub fn at(address: &str) -> Result<Self, Error> {
        let socket = address.strip_prefix("unix://").filter(|path| path.starts_with('/'));
        socket.map(Self::on).ok_or_else(|| {
            Error::Unsupported(format!(
                "the container engine at {address:?}: only one on this machine can share files \
                 with its containers; give its socket as unix:///path"
            ))
        })
    }

    /// Its socket.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// What it is and offers.
    pub async fn info(&self) -> Result<EngineInfo, Error> {
        self.blocking(|engine| engine.look()).await
    }

    /// An image that it has; the name as [`Reference`] reads it.
    pub async fn image(&self, name: &str) -> Result<Option<Image>, Error> {
        let name = name.to_owned();
        self.blocking(move |engine| engine.find_image(&name)).await
    }

    /// Has it fetch an image. The answer says why not, in the engine's words.
    pub async fn pull(&self, image: &Reference, login: Option<Login>) -> Result<(), Error> {
        let image = image.clone();
        self.blocking(move |engine| engine.fetch(&image, login.as_ref())).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let engine = self.clone();
        match tokio::task::spawn_blocking(move || work(&engine)).await {
            Ok(done) => done,
            Err(error) => engine_error("run a task", error),
        }
    }

    pub(crate) fn look(&self) -> Result<EngineInfo, Error> {
        let what = "ask the container engine what it offers";
        let info = self.get(what, "/info".to_owned())?;
        let flag = |name: &str| info.get(name).and_then(Value::as_bool).unwrap_or(false);
        let number = |name: &str| info.get(name).and_then(Value::as_u64).unwrap_or(0);
        let held = [("MemoryLimit", "memory"), ("PidsLimit", "process"), ("CpuCfsQuota", "CPU")];
        let lacks = held.iter().filter(|(name, _)| !flag(name));
        let options = info.get("SecurityOptions").and_then(Value::as_array);
        Ok(EngineInfo {
            version: text(&info, "ServerVersion"),
            cpus: u32::try_from(number("NCPU")).unwrap_or(0),
            memory_bytes: number("MemTotal"),
            rootless: options.into_iter().flatten().any(|option| {
                option.as_str().is_some_and(|option| option.contains("name=rootless"))
            }),
            lacks: lacks
                .map(|(_, what)| format!("the container engine can't hold a {what} limit here"))
                .collect(),
        })
    }

    pub(crate) fn find_image(&self, name: &str) -> Result<Option<Image>, Error> {
        let what = format!("look for the image {name}");
        let answer = self.send("GET", format!("/images/{}/json", escaped(name)), None, QUICK);
        let answer = answer.or_else(|error| engine_error(&what, error))?;
        if answer.status == 404 {
            return Ok(None);
        }
        let found = read(&what, answer)?;
        let words = found.pointer("/Config/Entrypoint").and_then(Value::as_array);
        Ok(Some(Image {
            id: text(&found, "Id"),
            os: text(&found, "Os"),
            architecture: text(&found, "Architecture"),
            entrypoint: words
                .into_iter()
                .flatten()
                .filter_map(|word| word.as_str().map(str::to_owned))
                .collect(),
        }))
    }

    fn fetch(&self, image: &Reference, login: Option<&Login>) -> Result<(), Error> {
        let what = format!("pull {}", image.full());
        let from = (encoded(&image.name), encoded(&image.version));
        // Docker takes registries on loopback without TLS; Podman has to be told.
        let plain = if image.is_on_loopback() { "&tlsVerify=false" } else { "" };
        let header = login.map(|login| {
            let server = image.registry.as_deref().unwrap_or("https://index.docker.io/v1/");
            let login = json!({
                "username": login.username, "password": login.password, "serveraddress": server,
            });
            let login = base64::engine::general_purpose::URL_SAFE.encode(login.to_string());
            ("X-Registry-Auth", login)
        });
        let request = Request {
            method: "POST",
            path: format!("/images/create?fromImage={}&tag={}{}", from.0, from.1, plain),
            body: None,
            header,
            patience: SILENT_PULL,
        };
        let answer = request.send(&self.socket).or_else(|error| engine_error(&what, error))?;
        if !answer.is_success() {
            return engine_error(&what, answer.refusal());
        }
        let mut refusal = None;
        let told = answer.each(|line| {
            if let Some(error) = line.get("error").and_then(Value::as_str) {
                refusal.get_or_insert_with(|| error.to_owned());
            }
        });
        told.or_else(|error| engine_error(&what, error))?;
        match refusal {
            Some(refusal) => engine_error(&what, refusal),
            // The answer could have been cut short.
            None if self.find_image(&image.full())?.is_none() => {
                engine_error(&what, "the engine has not got it in the end")
            }
            None => Ok(()),
        }
    }

    /// Makes a container; what the engine warns of.
    pub(crate) fn create(&self, name: &str, body: &Value) -> Result<Vec<String>, Error> {
        let what = "make the container";
        let path = format!("/containers/create?name={}", encoded(name));
        let answer = self.send("POST", path, Some(body), SLOW);
        let made = read(what, answer.or_else(|error| engine_error(what, error))?)?;
        let warnings = made.get("Warnings").and_then(Value::as_array).into_iter().flatten();
        Ok(warnings.filter_map(|warning| warning.as_str().map(str::to_owned)).collect())
    }

    /// Starts it.
    pub(crate) fn start(&self, name: &str) -> Result<(), Error> {
        let what = "start the container";
        let answer = self.send("POST", format!("/containers/{}/start", encoded(name)), None, SLOW);
        read(what, answer.or_else(|error| engine_error(what, error))?).map(drop)
    }

    /// Empties a directory of this machine from inside a container of an image that has a shell and
    /// `rm`: files that another user inside made may be nobody's here to remove.
    pub async fn empty(&self, image: &str, directory: &Path) -> Result<(), Error> {
        let (image, directory) = (image.to_owned(), directory.to_owned());
        self.blocking(move |engine| engine.empty_now(&image, &directory)).await
    }

    fn empty_now(&self, image: &str, directory: &Path) -> Result<(), Error> {
        let what = "empty a directory";
        let Some(source) = directory.to_str() else {
            return engine_error(what, format!("{} is no UTF-8", directory.display()));
        };
        let name = format!("codeyard-empty-{}-{}", std::process::id(), unique());
        let script = "cd /left && rm -rf -- * .[!.]* ..?*";
        let body = json!({
            "Image": image,
            "Entrypoint": ["/bin/sh", "-c", script],
            "Cmd": [],
            "User": "0",
            "HostConfig": {
                "NetworkMode": "none",
                "Mounts": [{ "Type": "bind", "Source": source, "Target": "/left" }],
                "LogConfig": { "Type": "none" },
                "SecurityOpt": ["label=disable"],
            },
        });
        self.create(&name, &body)?;
        let emptied = self.start(&name).and_then(|()| {
            let give_up = Instant::now() + SLOW;
            while self.running(&name)?.is_some() {
                if Instant::now() > give_up {
                    return engine_error(what, "it takes too long");
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            Ok(())
        });
        self.remove(&name)?;
        emptied
    }

    /// What it is known by, while it runs.
    pub(crate) fn running(&self, name: &str) -> Result<Option<Running>, Error> {
        let what = "look at the container";
        let answer = self.send("GET", format!("/containers/{}/json", encoded(name)), None, QUICK);
        let answer = answer.or_else(|error| engine_error(what, error))?;
        if answer.status == 404 {
            return Ok(None);
        }
        let found = read(what, answer)?;
        let running = found.pointer("/State/Running").and_then(Value::as_bool);
        let pid = found.pointer("/State/Pid").and_then(Value::as_i64);
        let pid = pid.filter(|_| running == Some(true)).and_then(|pid| i32::try_from(pid).ok());
        Ok(pid.map(|pid| Running { id: text(&found, "Id"), pid }))
    }

    /// The sandboxes whose containers use a volume.
    pub(crate) fn users_of(&self, volume: &str) -> Result<Vec<String>, Error> {
        let filters = json!({ "volume": [volume] }).to_string();
        let path = format!("/containers/json?all=1&filters={}", encoded(&filters));
        let found = self.get("list containers", path)?;
        let sandbox = |container: &Value| {
            // Somebody else's container is no less of a user.
            let labels = container.get("Labels");
            let label = labels.and_then(|labels| labels.get(SANDBOX_LABEL));
            label.and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        Ok(found.as_array().into_iter().flatten().map(sandbox).collect())
    }

    /// The volumes whose names begin so, and their sizes in bytes, where the engine tells.
    pub(crate) fn volumes(&self, prefix: &str) -> Result<Vec<(String, u64)>, Error> {
        let what = "look at the engine's volumes";
        let answer = self.send("GET", "/system/df?type=volume".to_owned(), None, SLOW);
        let found = read(what, answer.or_else(|error| engine_error(what, error))?)?;
        let volumes = found.get("Volumes").and_then(Value::as_array).into_iter().flatten();
        let volume = |volume: &Value| {
            let name = volume.get("Name")?.as_str().filter(|name| name.starts_with(prefix))?;
            let size = volume.pointer("/UsageData/Size").and_then(Value::as_u64);
            Some((name.to_owned(), size.unwrap_or(0)))
        };
        Ok(volumes.filter_map(volume).collect())
    }

    /// The names of the volumes that begin so.
    pub(crate) fn volume_names(&self, prefix: &str) -> Result<Vec<String>, Error> {
        let found = self.get("list the engine's volumes", "/volumes".to_owned())?;
        let volumes = found.get("Volumes").and_then(Value::as_array).into_iter().flatten();
        let name = |volume: &Value| volume.get("Name")?.as_str().map(str::to_owned);
        Ok(volumes.filter_map(name).filter(|name| name.starts_with(prefix)).collect())
    }

    /// Removes a volume; false if it is in use. One that is gone is fine.
    pub(crate) fn remove_volume(&self, name: &str) -> Result<bool, Error> {
        let what = "remove a volume";
        let answer = self.send("DELETE", format!("/volumes/{}", encoded(name)), None, SLOW);
        let answer = answer.or_else(|error| engine_error(what, error))?;
        match answer.status {
            _ if answer.is_success() => Ok(true),
            404 => Ok(true),
            409 => Ok(false),
            _ => engine_error(what, answer.refusal()),
        }
    }

    /// Whether it has a network of that name.
    pub(crate) fn has_network(&self, name: &str) -> Result<bool, Error> {
        let what = "look for a network";
        let answer = self.send("GET", format!("/networks/{}", encoded(name)), None, QUICK);
        let answer = answer.or_else(|error| engine_error(what, error))?;
        if answer.status == 404 {
            return Ok(false);
        }
        read(what, answer).map(|_| true)
    }

    /// Kills a container and removes it with all that is its own; one that is gone is fine.
    pub(crate) fn remove(&self, name: &str) -> Result<(), Error> {
        let what = "remove the container";
        let path = format!("/containers/{}?force=1&v=1", encoded(name));
        let answer = self.send("DELETE", path, None, SLOW);
        let answer = answer.or_else(|error| engine_error(what, error))?;
        match answer.status {
            _ if answer.is_success() => Ok(()),
            404 => Ok(()),
            // It is being removed already; its name is free once that is done.
            409 => self.wait_removed(name),
            _ => engine_error(what, answer.refusal()),
        }
    }

    fn wait_removed(&self, name: &str) -> Result<(), Error> {
        let what = "wait for the container to be removed";
        let give_up = Instant::now() + QUICK;
        while Instant::now() < give_up {
            let path = format!("/containers/{}/json", encoded(name));
            let answer = self.send("GET", path, None, QUICK);
            if answer.or_else(|error| engine_error(what, error))?.status == 404 {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        engine_error(what, "it is still there")
    }

    /// The containers of a yard: their names and their sandboxes'.
    pub(crate) fn containers(&self, yard: &str) -> Result<Vec<(String, String)>, Error> {
        let filters = json!({ "label": [format!("{YARD_LABEL}={yard}")] }).to_string();
        let path = format!("/containers/json?all=1&filters={}", encoded(&filters));
        let found = self.get("list containers", path)?;
        let sandbox = |container: &Value| {
            let label = container.get("Labels")?.get(SANDBOX_LABEL)?.as_str()?;
            Some((container.get("Id")?.as_str()?.to_owned(), label.to_owned()))
        };
        Ok(found.as_array().into_iter().flatten().filter_map(sandbox).collect())
    }

    fn get(&self, what: &str, path: String) -> Result<Value, Error> {
        let answer = self.send("GET", path, None, QUICK);
        read(what, answer.or_else(|error| engine_error(what, error))?)
    }

    pub(super) fn send(
        &self,
        method: &str,
        path: String,
        body: Option<&Value>,
        patience: Duration,
    ) -> io::Result<Answer> {
        let sent = Request { method, path, body, header: None, patience }.send(&self.socket);
        sent.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                let socket = self.socket.display();
                io::Error::new(error.kind(), format!("no engine answers on {socket} ({error})"))
            }
            _ => error,
        })
    }
}

pub(super) fn read(what: &str, answer: Answer) -> Result<Value, Error> {
    // 304: started already.
    if !answer.is_success() && answer.status != 304 {
        return engine_error(what, answer.refusal());
    }
    answer.json().or_else(|error| engine_error(what, error))
}

pub(super) fn engine_error<T>(what: &str, reason: impl std::fmt::Display) -> Result<T, Error> {
    Err(Error::Engine { what: what.to_owned(), reason: reason.to_string() })
}

/// A number that no other container of this process has.
fn unique() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// An image's name in a path: its slashes stay.
fn escaped(name: &str) -> String {
    name.split('/').map(encoded).collect::<Vec<_>>().join("/")
}
