//! `batch`: what a batch build runs, after "Batch build buildspec reference" in the CodeBuild user
//! guide. Everything that can be known from the text alone is checked here: identifiers,
//! dependencies and how many builds come of it.

use std::collections::{BTreeMap, HashSet};

use super::parse::is_variable;
use crate::section::{self, Section};
use crate::yaml::{Error, Node, Position};

/// The most builds of one batch; AWS's quota.
pub const MAX_BUILDS: usize = 100;
/// The longest identifier, in characters.
pub const MAX_IDENTIFIER: usize = 128;

/// `batch`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Whether one failed build stops the others.
    pub fast_fail: bool,
    /// What is built.
    pub builds: BatchBuilds,
    /// Where the section starts.
    pub at: Position,
}

/// The kind of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchBuilds {
    /// `build-graph`: tasks that wait for others; without cycles, and every task that is waited
    /// for is there.
    Graph(Vec<BatchTask>),
    /// `build-list`: tasks side by side. None depends on another.
    List(Vec<BatchTask>),
    /// `build-matrix`
    Matrix(Box<BatchMatrix>),
    /// `build-fanout`
    Fanout(BatchFanout),
}

/// One build of a graph or a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchTask {
    /// Its name in the batch: 1 to [`MAX_IDENTIFIER`] letters, digits and underscores; unique.
    pub identifier: String,
    /// Path of its buildspec; the batch's own if none.
    pub buildspec: Option<String>,
    /// Whether it can be debugged by a session; the batch's own setting if not said.
    pub debug_session: Option<bool>,
    /// Identifiers of the tasks that come first.
    pub depend_on: Vec<String>,
    /// What it overrides of the environment.
    pub env: BatchEnv,
    /// Whether the batch can succeed without it.
    pub ignore_failure: bool,
    /// Where the task starts.
    pub at: Position,
}

/// What a build of a batch overrides of the project's environment. The words are as the text has
/// them: which compute types, images and environment types there are, a service knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchEnv {
    /// `compute-type`, for instance `BUILD_GENERAL1_SMALL`. Not together with a fleet.
    pub compute_type: Option<String>,
    /// `fleet`
    pub fleet: Option<String>,
    /// `image`
    pub image: Option<String>,
    /// `privileged-mode`
    pub privileged_mode: Option<bool>,
    /// `type`, for instance `LINUX_CONTAINER`.
    pub environment_type: Option<String>,
    /// Plain environment variables, in the order of the text.
    pub variables: Vec<(String, String)>,
}

/// `build-matrix`: a build for each combination of the dynamic values. An empty list of values
/// means that the property does not vary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchMatrix {
    /// `static.ignore-failure`
    pub ignore_failure: bool,
    /// `static.env`: the same for all builds; a dynamic value goes before it.
    pub env: BatchEnv,
    /// `dynamic.buildspec`: paths.
    pub buildspecs: Vec<String>,
    /// `dynamic.env.compute-type`
    pub compute_types: Vec<String>,
    /// `dynamic.env.image`
    pub images: Vec<String>,
    /// `dynamic.env.type`
    pub environment_types: Vec<String>,
    /// `dynamic.env.variables`: names with their values.
    pub variables: Vec<(String, Vec<String>)>,
    /// Where the section starts.
    pub at: Position,
}

/// One build of a matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchCombination {
    /// Path of its buildspec; the batch's own if none.
    pub buildspec: Option<String>,
    /// What it overrides of the environment, static values included.
    pub env: BatchEnv,
}

/// `build-fanout`: the same build several times, each with a part of the tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchFanout {
    /// How many builds: 1 to [`MAX_BUILDS`].
    pub parallelism: usize,
    /// Whether the batch can succeed although some of them fail.
    pub ignore_failure: bool,
    /// Where the section starts.
    pub at: Position,
}

impl BatchMatrix {
    /// How many builds come of it.
    pub fn count(&self) -> usize {
        let of = |values: usize| values.max(1);
        self.variables
            .iter()
            .map(|(_, values)| of(values.len()))
            .chain(
                [&self.buildspecs, &self.compute_types, &self.images, &self.environment_types]
                    .map(|values| of(values.len())),
            )
            .fold(1, usize::saturating_mul)
    }

    /// All combinations; what stands first in the reference (buildspec, compute type, image, type,
    /// variables in the order of the text) changes slowest. Parsed matrices have at most
    /// [`MAX_BUILDS`].
    pub fn combinations(&self) -> Vec<BatchCombination> {
        let first = BatchCombination { buildspec: None, env: self.env.clone() };
        let mut all = vec![first];
        all = vary(all, &self.buildspecs, |it, value| it.buildspec = Some(value));
        all = vary(all, &self.compute_types, |it, value| it.env.compute_type = Some(value));
        all = vary(all, &self.images, |it, value| it.env.image = Some(value));
        all = vary(all, &self.environment_types, |it, value| it.env.environment_type = Some(value));
        for (name, values) in &self.variables {
            all = vary(all, values, |it, value| {
                it.env.variables.retain(|(known, _)| known != name);
                it.env.variables.push((name.clone(), value));
            });
        }
        all
    }
}

fn vary(
    all: Vec<BatchCombination>,
    values: &[String],
    set: impl Fn(&mut BatchCombination, String),
) -> Vec<BatchCombination> {
    if values.is_empty() {
        return all;
    }
    let with = |combination: BatchCombination| {
        let set = &set;
        values.iter().map(move |value| {
            let mut combination = combination.clone();
            set(&mut combination, value.clone());
            combination
        })
    };
    all.into_iter().flat_map(with).collect()
}

const KINDS: [&str; 4] = ["build-graph", "build-list", "build-matrix", "build-fanout"];

pub(super) fn batch(node: &Node) -> Result<Batch, Error> {
    let known = ["fast-fail", "build-graph", "build-list", "build-matrix", "build-fanout"];
    let section = Section::new(node, "batch", &known)?;
    let given: Vec<(&str, &Node)> =
        KINDS.iter().filter_map(|kind| Some((*kind, section.get(kind)?))).collect();
    let (kind, builds) = match given.as_slice() {
        [] => {
            return Err(Error::new(
                node.at,
                format!("batch has no builds: it needs one of {}", KINDS.join(", ")),
            ));
        }
        [one] => *one,
        [(first, _), (second, _), ..] => {
            let key = section.entries().iter().find(|entry| entry.key == *second);
            return Err(Error::new(
                key.map_or(node.at, |entry| entry.key_at),
                format!("batch has both {first} and {second}: a batch is of one kind"),
            ));
        }
    };
    let builds = match kind {
        "build-graph" => BatchBuilds::Graph(graph(builds)?),
        "build-list" => BatchBuilds::List(tasks(builds, "batch.build-list", false)?),
        "build-matrix" => BatchBuilds::Matrix(Box::new(matrix(builds)?)),
        _ => BatchBuilds::Fanout(fanout(builds)?),
    };
    Ok(Batch { fast_fail: section.flag("fast-fail")?, builds, at: node.at })
}

fn tasks(node: &Node, path: &str, graph: bool) -> Result<Vec<BatchTask>, Error> {
    let Some(items) = node.as_sequence() else {
        return Err(section::expected(node, path, "sequence"));
    };
    if items.is_empty() || items.len() > MAX_BUILDS {
        return Err(Error::new(
            node.at,
            format!("{path} has {} builds: 1 to {MAX_BUILDS} are allowed", items.len()),
        ));
    }
    let mut seen = HashSet::new();
    items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            let task = task(item, &format!("{path}[{index}]"), graph)?;
            if !seen.insert(task.identifier.clone()) {
                let at = item.get("identifier").map_or(item.at, |node| node.at);
                let name = &task.identifier;
                return Err(Error::new(at, format!("{path}: the identifier {name} appears twice")));
            }
            Ok(task)
        })
        .collect()
}

fn task(node: &Node, path: &str, graph: bool) -> Result<BatchTask, Error> {
    let mut known = vec!["identifier", "buildspec", "debug-session", "env", "ignore-failure"];
    if graph {
        known.push("depend-on");
    }
    let section = Section::new(node, path, &known)?;
    let Some(identifier) = section.string("identifier")? else {
        return Err(Error::new(node.at, format!("{path} has no identifier")));
    };
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if identifier.is_empty()
        || identifier.len() > MAX_IDENTIFIER
        || !identifier.chars().all(allowed)
    {
        let at = section.get("identifier").map_or(node.at, |node| node.at);
        return Err(Error::new(
            at,
            format!(
                "{path}.identifier {identifier:?} must be 1 to {MAX_IDENTIFIER} letters, digits \
                 and underscores"
            ),
        ));
    }
    Ok(BatchTask {
        identifier,
        buildspec: section.string("buildspec")?,
        debug_session: section.switch("debug-session")?,
        depend_on: section.strings("depend-on")?,
        env: section
            .get("env")
            .map_or(Ok(BatchEnv::default()), |node| env(node, &section.path("env")))?,
        ignore_failure: section.flag("ignore-failure")?,
        at: node.at,
    })
}

fn env(node: &Node, path: &str) -> Result<BatchEnv, Error> {
    let known = ["compute-type", "fleet", "image", "privileged-mode", "type", "variables"];
    let section = Section::new(node, path, &known)?;
    let env = BatchEnv {
        compute_type: section.string("compute-type")?,
        fleet: section.string("fleet")?,
        image: section.string("image")?,
        privileged_mode: section.switch("privileged-mode")?,
        environment_type: section.string("type")?,
        variables: section.value_map("variables")?,
    };
    names(&section, env.variables.iter().map(|(name, _)| name))?;
    if env.compute_type.is_some() && env.fleet.is_some() {
        return Err(Error::new(node.at, format!("{path} has both a compute-type and a fleet")));
    }
    Ok(env)
}

fn names<'a>(
    section: &Section<'_>,
    mut names: impl Iterator<Item = &'a String>,
) -> Result<(), Error> {
    match names.find(|name| !is_variable(name)) {
        None => Ok(()),
        Some(name) => Err(Error::new(
            section.key_at("variables", name),
            format!("{name:?} in {} is no name of a variable", section.path("variables")),
        )),
    }
}

fn graph(node: &Node) -> Result<Vec<BatchTask>, Error> {
    let tasks = tasks(node, "batch.build-graph", true)?;
    let index: BTreeMap<&str, usize> =
        tasks.iter().enumerate().map(|(at, task)| (task.identifier.as_str(), at)).collect();
    let mut waits: Vec<usize> = vec![0; tasks.len()];
    let mut waiters: Vec<Vec<usize>> = vec![Vec::new(); tasks.len()];
    for (at, task) in tasks.iter().enumerate() {
        for name in &task.depend_on {
            let Some(&first) = index.get(name.as_str()) else {
                return Err(Error::new(
                    task.at,
                    format!(
                        "{} depends on {name}, which is no build of this batch",
                        task.identifier
                    ),
                ));
            };
            if let (Some(count), Some(list)) = (waits.get_mut(at), waiters.get_mut(first)) {
                *count += 1;
                list.push(at);
            }
        }
    }
    // Whoever waits for nobody goes; what is left in the end waits in a circle.
    let mut ready: Vec<usize> =
        waits.iter().enumerate().filter(|(_, count)| **count == 0).map(|(at, _)| at).collect();
    while let Some(done) = ready.pop() {
        for waiter in waiters.get(done).cloned().unwrap_or_default() {
            if let Some(count) = waits.get_mut(waiter) {
                *count -= 1;
                if *count == 0 {
                    ready.push(waiter);
                }
            }
        }
    }
    let stuck: Vec<&BatchTask> =
        tasks.iter().zip(&waits).filter(|(_, count)| **count > 0).map(|(task, _)| task).collect();
    if let Some(first) = stuck.first() {
        let names: Vec<&str> = stuck.iter().map(|task| task.identifier.as_str()).collect();
        return Err(Error::new(
            first.at,
            format!("batch.build-graph goes in a circle: {} wait for each other", names.join(", ")),
        ));
    }
    Ok(tasks)
}

fn matrix(node: &Node) -> Result<BatchMatrix, Error> {
    let section = Section::new(node, "batch.build-matrix", &["static", "dynamic"])?;
    let mut matrix = BatchMatrix {
        ignore_failure: false,
        env: BatchEnv::default(),
        buildspecs: Vec::new(),
        compute_types: Vec::new(),
        images: Vec::new(),
        environment_types: Vec::new(),
        variables: Vec::new(),
        at: node.at,
    };
    if let Some(node) = section.get("static") {
        let path = section.path("static");
        let fixed = Section::new(node, &path, &["ignore-failure", "env"])?;
        matrix.ignore_failure = fixed.flag("ignore-failure")?;
        if let Some(node) = fixed.get("env") {
            matrix.env = env(node, &fixed.path("env"))?;
        }
    }
    if let Some(node) = section.get("dynamic") {
        let path = section.path("dynamic");
        let dynamic = Section::new(node, &path, &["buildspec", "env"])?;
        matrix.buildspecs = dynamic.strings("buildspec")?;
        if let Some(node) = dynamic.get("env") {
            let path = dynamic.path("env");
            let known = ["compute-type", "image", "type", "variables"];
            let env = Section::new(node, &path, &known)?;
            matrix.compute_types = env.strings("compute-type")?;
            matrix.images = env.strings("image")?;
            matrix.environment_types = env.strings("type")?;
            if let Some(node) = env.get("variables") {
                matrix.variables = values(node, &env.path("variables"))?;
                names(&env, matrix.variables.iter().map(|(name, _)| name))?;
            }
        }
    }
    if matrix.env.fleet.is_some() && !matrix.compute_types.is_empty() {
        let message = "batch.build-matrix has both a compute-type and a fleet";
        return Err(Error::new(node.at, message));
    }
    let count = matrix.count();
    if count > MAX_BUILDS {
        return Err(Error::new(
            node.at,
            format!(
                "batch.build-matrix has {count} combinations: at most {MAX_BUILDS} are allowed"
            ),
        ));
    }
    Ok(matrix)
}

fn values(node: &Node, path: &str) -> Result<Vec<(String, Vec<String>)>, Error> {
    let variables = Section::open(node, path)?;
    variables
        .entries()
        .iter()
        .map(|entry| {
            let values = variables.strings(&entry.key)?;
            if values.is_empty() {
                let path = variables.path(&entry.key);
                return Err(Error::new(entry.key_at, format!("{path} has no values")));
            }
            Ok((entry.key.clone(), values))
        })
        .collect()
}

fn fanout(node: &Node) -> Result<BatchFanout, Error> {
    let section = Section::new(node, "batch.build-fanout", &["parallelism", "ignore-failure"])?;
    let Some(text) = section.string("parallelism")? else {
        return Err(Error::new(node.at, "batch.build-fanout has no parallelism"));
    };
    let parallelism = text.parse().ok().filter(|count| (1..=MAX_BUILDS).contains(count));
    let Some(parallelism) = parallelism else {
        return Err(Error::new(
            section.get("parallelism").map_or(node.at, |node| node.at),
            format!(
                "batch.build-fanout.parallelism {text} must be a number from 1 to {MAX_BUILDS}"
            ),
        ));
    };
    Ok(BatchFanout { parallelism, ignore_failure: section.flag("ignore-failure")?, at: node.at })
}
