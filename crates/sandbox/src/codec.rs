//! The spec as JSON, for its way to the supervisor. Versioned, as a supervisor may outlive the
//! binary that started it only through its files; the spec itself passes between equal binaries.

use crate::docker::Container;
use crate::spec::{
    AfterFailure, Bind, Limits, OnFailure, Plan, Program, Root, SandboxId, Service, Shell, Spec,
    Stage,
};
use serde_json::{Map, Value, json};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Version of the format.
const VERSION: u64 = 1;

/// A JSON value that is not what it should be; names the member.
#[derive(Debug, thiserror::Error)]
#[error("member {0:?} is missing or malformed")]
pub struct Malformed(pub &'static str);

/// Paths are bytes; JSON is text. Those that are no UTF-8 travel as a list of numbers.
pub fn path_to_json(path: &Path) -> Value {
    match path.to_str() {
        Some(text) => Value::from(text),
        None => Value::from(path.as_os_str().as_bytes().to_vec()),
    }
}

/// The reverse of [`path_to_json`].
pub fn path_from_json(value: &Value) -> Option<PathBuf> {
    match value {
        Value::String(text) => Some(PathBuf::from(text)),
        Value::Array(bytes) => {
            let bytes = bytes.iter().map(|b| b.as_u64().and_then(|b| u8::try_from(b).ok()));
            let bytes = bytes.collect::<Option<Vec<u8>>>()?;
            Some(PathBuf::from(std::ffi::OsString::from_vec(bytes)))
        }
        _ => None,
    }
}

pub fn spec_to_json(spec: &Spec) -> Value {
    json!({
        "version": VERSION,
        "id": spec.id.as_str(),
        "persistent": spec.root == Root::Persistent,
        "workdir": path_to_json(&spec.workdir),
        "env": spec.env.iter().map(|(name, value)| json!([name, value])).collect::<Vec<_>>(),
        "secrets": spec.secrets,
        "binds": spec.binds.iter().map(|bind| json!({
            "host": path_to_json(&bind.host),
            "inside": path_to_json(&bind.inside),
            "readOnly": bind.read_only,
        })).collect::<Vec<_>>(),
        "hide": spec.hide.iter().map(|path| path_to_json(path)).collect::<Vec<_>>(),
        "limits": {
            "memoryBytes": spec.limits.memory_bytes,
            "pids": spec.limits.pids,
            "wallClockMillis": spec.limits.wall_clock.map(|time| time.as_millis() as u64),
            "outputBytes": spec.limits.output_bytes,
        },
        "container": spec.container.as_ref().map(Container::to_json),
        "program": match &spec.program {
            Program::Plan(plan) => json!({ "plan": plan_to_json(plan) }),
            Program::Service(service) => json!({ "service": {
                "argv": service.argv,
                "runAs": service.run_as,
                "restart": service.restart,
                "graceMillis": service.grace.as_millis() as u64,
            }}),
        },
    })
}

fn plan_to_json(plan: &Plan) -> Value {
    json!({
        "shell": match plan.shell { Shell::Bash => "bash", Shell::Sh => "sh" },
        "shellPerCommand": plan.shell_per_command,
        "runAs": plan.run_as,
        "announce": plan.announce,
        "preamble": plan.preamble,
        "succeedingVariable": plan.succeeding_variable,
        "export": plan.export,
        "expand": plan.expand,
        "stages": plan.stages.iter().map(|stage| json!({
            "name": stage.name,
            "commands": stage.commands,
            "finally": stage.finally,
            "runAs": stage.run_as,
            "next": stage.after_failure == AfterFailure::Next,
            "onFailure": match &stage.on_failure {
                OnFailure::Default => Value::Null,
                OnFailure::Abort => Value::from("abort"),
                OnFailure::Continue => Value::from("continue"),
                OnFailure::Retry { count, pattern } => json!([count, pattern]),
            },
        })).collect::<Vec<_>>(),
    })
}

pub fn spec_from_json(value: &Value) -> Result<Spec, Malformed> {
    let spec = value.as_object().ok_or(Malformed("spec"))?;
    if spec.get("version").and_then(Value::as_u64) != Some(VERSION) {
        return Err(Malformed("version"));
    }
    let limits = object(spec, "limits")?;
    let program = object(spec, "program")?;
    Ok(Spec {
        id: SandboxId::new(text(spec, "id")?).map_err(|_| Malformed("id"))?,
        root: if flag(spec, "persistent")? { Root::Persistent } else { Root::Ephemeral },
        workdir: path(spec, "workdir")?,
        env: list(spec, "env", |pair| match pair.as_array()?.as_slice() {
            [name, value] => Some((name.as_str()?.to_owned(), value.as_str()?.to_owned())),
            _ => None,
        })?,
        secrets: texts(spec, "secrets")?,
        binds: list(spec, "binds", |bind| {
            let bind = bind.as_object()?;
            Some(Bind {
                host: path(bind, "host").ok()?,
                inside: path(bind, "inside").ok()?,
                read_only: flag(bind, "readOnly").ok()?,
            })
        })?,
        hide: list(spec, "hide", path_from_json)?,
        limits: Limits {
            memory_bytes: limits.get("memoryBytes").and_then(Value::as_u64),
            pids: limits.get("pids").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()),
            wall_clock: limits
                .get("wallClockMillis")
                .and_then(Value::as_u64)
                .map(Duration::from_millis),
            output_bytes: number(limits, "outputBytes")?,
        },
        container: Container::from_json(spec)?,
        program: match (program.get("plan"), program.get("service")) {
            (Some(plan), None) => Program::Plan(plan_from_json(plan)?),
            (None, Some(service)) => Program::Service(service_from_json(service)?),
            _ => return Err(Malformed("program")),
        },
    })
}

fn plan_from_json(value: &Value) -> Result<Plan, Malformed> {
    let plan = value.as_object().ok_or(Malformed("plan"))?;
    Ok(Plan {
        shell: match text(plan, "shell")?.as_str() {
            "bash" => Shell::Bash,
            "sh" => Shell::Sh,
            _ => return Err(Malformed("shell")),
        },
        shell_per_command: flag(plan, "shellPerCommand")?,
        run_as: optional_text(plan, "runAs")?,
        announce: optional_text(plan, "announce")?,
        preamble: texts(plan, "preamble")?,
        succeeding_variable: optional_text(plan, "succeedingVariable")?,
        export: texts(plan, "export")?,
        expand: texts(plan, "expand")?,
        stages: list(plan, "stages", |stage| stage_from_json(stage).ok())?,
    })
}

fn retry_from_json(value: &Value) -> Option<OnFailure> {
    let count = u32::try_from(value.get(0)?.as_u64()?).ok()?;
    let pattern = match value.get(1)? {
        Value::Null => None,
        pattern => Some(pattern.as_str()?.to_owned()),
    };
    Some(OnFailure::Retry { count, pattern })
}

fn stage_from_json(value: &Value) -> Result<Stage, Malformed> {
    let stage = value.as_object().ok_or(Malformed("stages"))?;
    let on_failure = match stage.get("onFailure").ok_or(Malformed("onFailure"))? {
        Value::Null => OnFailure::Default,
        Value::String(word) if word == "abort" => OnFailure::Abort,
        Value::String(word) if word == "continue" => OnFailure::Continue,
        other => retry_from_json(other).ok_or(Malformed("onFailure"))?,
    };
    Ok(Stage {
        name: text(stage, "name")?,
        commands: texts(stage, "commands")?,
        finally: texts(stage, "finally")?,
        on_failure,
        after_failure: if flag(stage, "next")? { AfterFailure::Next } else { AfterFailure::Stop },
        run_as: optional_text(stage, "runAs")?,
    })
}

fn service_from_json(value: &Value) -> Result<Service, Malformed> {
    let service = value.as_object().ok_or(Malformed("service"))?;
    Ok(Service {
        argv: texts(service, "argv")?,
        run_as: optional_text(service, "runAs")?,
        restart: flag(service, "restart")?,
        grace: Duration::from_millis(number(service, "graceMillis")?),
    })
}

pub fn object<'a>(
    of: &'a Map<String, Value>,
    name: &'static str,
) -> Result<&'a Map<String, Value>, Malformed> {
    of.get(name).and_then(Value::as_object).ok_or(Malformed(name))
}

pub fn text(of: &Map<String, Value>, name: &'static str) -> Result<String, Malformed> {
    of.get(name).and_then(Value::as_str).map(str::to_owned).ok_or(Malformed(name))
}

fn optional_text(of: &Map<String, Value>, name: &'static str) -> Result<Option<String>, Malformed> {
    match of.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Malformed(name)),
    }
}

pub fn texts(of: &Map<String, Value>, name: &'static str) -> Result<Vec<String>, Malformed> {
    list(of, name, |value| value.as_str().map(str::to_owned))
}

pub fn list<T>(
    of: &Map<String, Value>,
    name: &'static str,
    item: impl Fn(&Value) -> Option<T>,
) -> Result<Vec<T>, Malformed> {
    let items = of.get(name).and_then(Value::as_array).ok_or(Malformed(name))?;
    items.iter().map(|value| item(value).ok_or(Malformed(name))).collect()
}

pub fn path(of: &Map<String, Value>, name: &'static str) -> Result<PathBuf, Malformed> {
    of.get(name).and_then(path_from_json).ok_or(Malformed(name))
}

pub fn flag(of: &Map<String, Value>, name: &'static str) -> Result<bool, Malformed> {
    of.get(name).and_then(Value::as_bool).ok_or(Malformed(name))
}

pub fn number(of: &Map<String, Value>, name: &'static str) -> Result<u64, Malformed> {
    of.get(name).and_then(Value::as_u64).ok_or(Malformed(name))
}
