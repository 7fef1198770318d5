//! The order for a container.

use super::{Container, EngineInfo, SANDBOX_LABEL, YARD_LABEL};
use crate::spec::Spec;
use serde_json::{Value, json};
use std::path::Path;

/// Where the named pipes are inside.
pub const PIPES: &str = "/run/codeyard";

/// Entrypoints of this name start an engine before they go on with what they are given.
const STARTS_ENGINE: &str = "dockerd-entrypoint.sh";

/// What the container runs: a shell that does what it reads from a pipe, as long as the pipe has
/// another end, below one that reaps the orphans. The open pipe `alive` tells that they live.
const FIRST: &str = "exec 9>/run/codeyard/alive; sh </run/codeyard/control & wait";

/// How a privileged container gets its rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rights {
    /// By the engine's own word for it.
    Privileged,
    /// One by one: for machines whose root has not got all capabilities. Their engines ask for
    /// all of them all the same, and the kernel refuses.
    Spelled(Vec<&'static str>),
}

/// The capabilities that every engine knows, by number.
const CAPABILITIES: [&str; 38] = [
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
];

impl Rights {
    /// All that root has on this machine.
    pub fn spelled() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let bounding = status.lines().find_map(|line| line.strip_prefix("CapBnd:"));
        let bits = bounding.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or(0);
        let there = CAPABILITIES.iter().enumerate().filter(|(number, _)| bits >> number & 1 == 1);
        Self::Spelled(there.map(|(_, name)| *name).collect())
    }
}

/// Who the container is.
pub struct Names<'a> {
    /// See [`super::yard_name`].
    pub yard: &'a str,
    /// The directory with the named pipes, on the host.
    pub pipes: &'a Path,
    /// The image's entrypoint.
    pub entrypoint: &'a [String],
    /// How a privileged container gets its rights.
    pub rights: Rights,
    /// A network of its own; else the machine's.
    pub network: Option<&'a str>,
}

/// The body of the request that makes the container. Its environment is not in it, as engines
/// keep that on disk in plain text.
pub fn creation(
    spec: &Spec,
    container: &Container,
    info: &EngineInfo,
    names: &Names<'_>,
) -> Result<Value, String> {
    let text = |path: &Path| {
        let text = path.to_str().map(str::to_owned);
        text.ok_or_else(|| format!("{} is no UTF-8, as engines want", path.display()))
    };
    let bind = |host: &Path, inside: &Path, read_only: bool| {
        Ok::<_, String>(json!({
            "Type": "bind", "Source": text(host)?, "Target": text(inside)?, "ReadOnly": read_only,
        }))
    };
    let mut mounts = vec![bind(names.pipes, Path::new(PIPES), true)?];
    for it in &spec.binds {
        mounts.push(bind(&it.host, &it.inside, it.read_only)?);
    }
    for volume in &container.volumes {
        mounts.push(json!({
            "Type": "volume", "Source": volume.name, "Target": text(&volume.inside)?,
        }));
    }
    // Only a privileged container can do what such an entrypoint is for.
    let starts_engine = container.privileged
        && names.entrypoint.first().is_some_and(|path| path.ends_with(STARTS_ENGINE));
    let mut entrypoint = Vec::new();
    if starts_engine {
        entrypoint.extend(names.entrypoint.iter().map(String::as_str));
    }
    // Some of these entrypoints have a shell read their arguments once more, so they must be
    // words without blanks.
    let first = if starts_engine {
        Vec::from(["/bin/sh", "/run/codeyard/first"])
    } else {
        Vec::from(["/bin/sh", "-c", FIRST])
    };
    entrypoint.extend(first);
    let cpus = container.cpus.map(|cpus| cpus.min(info.cpus.max(1)));
    let memory = spec.limits.memory_bytes.map(|bytes| bytes.min(info.memory_bytes.max(1 << 20)));
    let mut host = json!({
        "NetworkMode": names.network.unwrap_or("host"),
        "Mounts": mounts,
        "LogConfig": { "Type": "none" },
        "AutoRemove": true,
        "Privileged": container.privileged,
        "SecurityOpt": ["label=disable"],
    });
    // With the machine's network go the machine's names.
    if let (Some(_), Some(host)) = (names.network, host.as_object_mut()) {
        let at = |name: &String| format!("{name}:{}", super::NAMED_AT);
        host.insert("ExtraHosts".into(), container.reached_as.iter().map(at).collect());
    }
    if let (Some(bytes), Some(host)) = (memory, host.as_object_mut()) {
        host.insert("Memory".into(), bytes.into());
        host.insert("MemorySwap".into(), bytes.into());
    }
    if let (Some(pids), Some(host)) = (spec.limits.pids, host.as_object_mut()) {
        host.insert("PidsLimit".into(), pids.into());
    }
    if let (Some(cpus), Some(host)) = (cpus, host.as_object_mut()) {
        host.insert("NanoCpus".into(), (u64::from(cpus) * 1_000_000_000).into());
    }
    if let (true, Rights::Spelled(capabilities)) = (container.privileged, &names.rights) {
        spell(&mut host, capabilities);
    }
    Ok(json!({
        "Image": container.image,
        "Entrypoint": entrypoint,
        "Cmd": [],
        "User": "0",
        "WorkingDir": text(&spec.workdir)?,
        "Labels": { YARD_LABEL: names.yard, SANDBOX_LABEL: spec.id.as_str() },
        "HostConfig": host,
    }))
}

/// What "privileged" means.
fn spell(host: &mut Value, capabilities: &[&str]) {
    let Some(host) = host.as_object_mut() else { return };
    host.insert("Privileged".into(), false.into());
    host.insert("CapAdd".into(), capabilities.into());
    host.insert("SecurityOpt".into(), UNCONFINED.as_slice().into());
    for none in ["MaskedPaths", "ReadonlyPaths"] {
        host.insert(none.into(), json!([]));
    }
    host.insert("DeviceCgroupRules".into(), json!(["a *:* rwm"]));
    let groups = json!({
        "Type": "bind", "Source": "/sys/fs/cgroup", "Target": "/sys/fs/cgroup",
    });
    if let Some(mounts) = host.get_mut("Mounts").and_then(Value::as_array_mut) {
        mounts.push(groups);
    }
}

const UNCONFINED: [&str; 3] = ["label=disable", "seccomp=unconfined", "apparmor=unconfined"];

/// The script that an entrypoint which starts an engine goes on with.
pub fn first_script() -> String {
    format!("{FIRST}\n")
}
