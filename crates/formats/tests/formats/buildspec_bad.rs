//! Build specifications that are refused: with what words, and in which line and column.

use codeyard_formats::buildspec::parse;

/// Stands for a phase, so that a row shows only what it is about (from line 2 on).
const HEAD: &str = "{version: 0.2, phases: {build: {commands: [a]}},\n";

/// Text, part of the message, line, column.
const WHOLE: &[(&str, &str, usize, usize)] = &[
    ("", "is empty", 1, 1),
    ("# nothing\n", "is empty", 1, 1),
    ("phases: {build: {commands: [a]}}", "wrong number of container tags, expected 1", 1, 1),
    ("version: 0.3\nphases: {build: {commands: [a]}}", "unknown version 0.3", 1, 10),
    ("version: 0.20\nphases: {build: {commands: [a]}}", "unknown version 0.20", 1, 10),
    ("version: 2\nphases: {build: {commands: [a]}}", "unknown version 2", 1, 10),
    (
        "version: [0.2]\nphases: {build: {commands: [a]}}",
        "version to be of string type: found a sequence",
        1,
        10,
    ),
    ("version: 0.2\n", "has no phases", 1, 1),
    ("version: 0.2\nphases:\n", "has no phases", 1, 1),
    ("version: 0.2\nphases: {}\n", "phases has no phase", 2, 9),
    (
        "version: 0.2\nphases: [build]\n",
        "Expected phases to be of mapping type: found a sequence",
        2,
        9,
    ),
    ("just text", "Expected the document to be of mapping type: found a string", 1, 1),
    ("- version: 0.2\n", "of mapping type: found a sequence", 1, 1),
    ("version: 0.2\nphase: {build: {commands: [a]}}", "unknown key \"phase\"", 2, 1),
    ("Version: 0.2\nphases: {build: {commands: [a]}}", "the buildspec has no version", 1, 1),
    (
        "version: 0.2\nenvironment_variables: {plaintext: {A: b}}\nphases: {build: {commands: [a]}}",
        "unknown key \"environment_variables\"",
        2,
        1,
    ),
    (
        "version: 0.1\nenv: {variables: {A: b}}\nenvironment_variables: {plaintext: {A: b}}\nphases: {build: {commands: [a]}}",
        "exclude each other",
        3,
        24,
    ),
    // Phases.
    (
        "version: 0.2\nphases:\n  biuld:\n    commands: [a]\n",
        "Invalid buildspec phase name: BIULD. Expecting: BUILD,INSTALL,POST_BUILD,PRE_BUILD",
        3,
        3,
    ),
    (
        "version: 0.2\nphases:\n  build:\n    command: [a]\n",
        "unknown key \"command\" in phases.build",
        4,
        5,
    ),
    (
        "version: 0.2\nphases:\n  build:\n",
        "Expected phases.build to be of mapping type: found nothing",
        3,
        8,
    ),
    (
        "version: 0.2\nphases:\n  build: [a]\n",
        "Expected phases.build to be of mapping type: found a sequence",
        3,
        10,
    ),
    ("version: 0.2\nphases: {build: {finally: [a]}}\n", "phases.build has no commands", 2, 17),
    ("version: 0.2\nphases: {pre_build: {}}\n", "phases.pre_build has no commands", 2, 21),
    (
        "version: 0.2\nphases: {build: {commands: [a], runtime-versions: {python: 3}}}\n",
        "unknown key \"runtime-versions\" in phases.build",
        2,
        33,
    ),
    (
        "version: 0.2\nphases:\n  build:\n    commands:\n      - a\n      - b: c\n",
        "Expected phases.build.commands[1] to be of string type: found subkeys instead",
        6,
        9,
    ),
    (
        "version: 0.2\nphases:\n  build:\n    commands:\n      - echo \"a\": b\n",
        "commands[0] to be of string type: found subkeys",
        5,
        9,
    ),
    (
        "version: 0.2\nphases:\n  build:\n    commands:\n      - a\n      -\n",
        "commands[1] to be of string type: found nothing",
        6,
        8,
    ),
    (
        "version: 0.2\nphases:\n  build:\n    commands:\n      - [a]\n",
        "commands[0] to be of string type: found a sequence",
        5,
        9,
    ),
    (
        "version: 0.2\nphases: {build: {commands: {a: b}}}\n",
        "Expected phases.build.commands to be of sequence type: found subkeys",
        2,
        28,
    ),
    (
        "version: 0.2\nphases: {build: {commands: [a], finally: {x: y}}}\n",
        "phases.build.finally to be of sequence type",
        2,
        42,
    ),
    (
        "version: 0.2\nphases: {build: {commands: [a], on-failure: STOP}}\n",
        "phases.build.on-failure: \"STOP\" must be ABORT",
        2,
        45,
    ),
    ("version: 0.2\nphases: {build: {commands: [a], on-failure: abort}}\n", "must be ABORT", 2, 45),
    (
        "version: 0.2\nphases: {build: {commands: [a], on-failure: RETRY-101}}\n",
        "between 0 and 100",
        2,
        45,
    ),
    (
        "version: 0.2\nphases: {build: {commands: [a], on-failure: 'RETRY-3-('}}\n",
        "no regular expression",
        2,
        45,
    ),
    (
        "version: 0.2\nphases: {build: {commands: [a], on-failure: [ABORT]}}\n",
        "on-failure to be of string type",
        2,
        45,
    ),
    (
        "version: 0.2\nphases: {build: {commands: [a], run-as: [x]}}\n",
        "phases.build.run-as to be of string type",
        2,
        41,
    ),
    (
        "version: 0.2\nphases: {install: {runtime-versions: [python]}}\n",
        "runtime-versions to be of mapping type",
        2,
        38,
    ),
    (
        "version: 0.2\nphases: {install: {runtime-versions: {python: }}}\n",
        "runtime-versions.python to be of string type: found nothing",
        2,
        45,
    ),
    // YAML itself.
    ("version: 0.2\nphases:\n  build:\n    commands:\n\t- a\n", "", 5, 2),
    ("version: 0.2\nphases: {build: {commands: [a}}\n", "", 2, 30),
    ("version: 0.2\nphases: {build: {commands: [\"a]}}\n", "", 2, 29),
    (
        "version: 0.2\nversion: 0.2\nphases: {build: {commands: [a]}}\n",
        "the key \"version\" appears twice",
        2,
        1,
    ),
    (
        "version: 0.2\nphases:\n  build: {commands: [a]}\n  build: {commands: [b]}\n",
        "the key \"build\" appears twice",
        4,
        3,
    ),
    ("version: 0.2\nphases:\n  build: *nowhere\n", "", 3, 10),
    ("version: 0.2\n---\nversion: 0.2\n", "only one document", 2, 1),
    (
        "version: 0.2\nphases:\n  build: {commands: [!Sub 'x']}\n",
        "the tag !Sub has no meaning",
        3,
        22,
    ),
    (
        "version: 0.2\nphases: {build: {commands: [a]}}\n? [x]\n: y\n",
        "a key must be a string",
        3,
        3,
    ),
    ("{\"version\": 0.2, \"phases\": {\"build\": {\"commands\": [\"a\"]}}", "", 2, 1),
    ("version: 0.2\n phases:\n  build: {commands: [a]}\n", "", 2, 0),
];

/// Text behind [`HEAD`], part of the message, column in line 2.
const PARTS: &[(&str, &str, usize)] = &[
    ("run-as: {a: b}}", "Expected run-as to be of string type: found subkeys", 9),
    ("env: {variable: {A: b}}}", "unknown key \"variable\" in env", 7),
    ("env: [A]}", "Expected env to be of mapping type: found a sequence", 6),
    ("env: {variables: [A]}}", "Expected env.variables to be of mapping type", 18),
    (
        "env: {variables: {A: [b]}}}",
        "Expected env.variables.A to be of string type: found a sequence",
        22,
    ),
    ("env: {variables: {A: {b: c}}}}", "env.variables.A to be of string type: found subkeys", 22),
    ("env: {variables: {'A B': c}}}", "\"A B\" in env.variables is no name of a variable", 19),
    ("env: {variables: {'A=B': c}}}", "is no name of a variable", 19),
    ("env: {variables: {'': c}}}", "is no name of a variable", 19),
    ("env: {parameter-store: {A: [b]}}}", "env.parameter-store.A to be of string type", 28),
    ("env: {secrets-manager: {A: ':k'}}}", "env.secrets-manager.A: \":k\" names no secret", 28),
    ("env: {secrets-manager: {A: 'a:b:c:d:e'}}}", "too many parts", 28),
    ("env: {exported-variables: [A-B]}}", "letters, digits and _ only", 27),
    ("env: {exported-variables: {A: b}}}", "exported-variables to be of sequence type", 27),
    ("env: {shell: zsh}}", "env.shell must be bash", 14),
    (
        "env: {git-credential-helper: maybe}}",
        "git-credential-helper to be yes or no: found \"maybe\"",
        30,
    ),
    ("artifacts: {}}", "artifacts has no files", 12),
    ("artifacts: {files: []}}", "artifacts has no files", 12),
    ("artifacts: [a]}", "Expected artifacts to be of mapping type", 12),
    ("artifacts: {files: [{a: b}]}}", "artifacts.files[0] to be of string type", 21),
    ("artifacts: {files: [a], type: zip}}", "unknown key \"type\" in artifacts", 25),
    ("artifacts: {files: [a], discard-paths: 2}}", "discard-paths to be yes or no", 40),
    ("artifacts: {files: ['[a']}}", "artifacts.files: the file pattern \"[a\" has an open [", 20),
    ("artifacts: {files: ['../x']}}", "leads out of its folder", 20),
    (
        "artifacts: {files: [a], exclude-paths: ['']}}",
        "artifacts.exclude-paths: a file pattern is empty",
        40,
    ),
    (
        "artifacts: {files: [a], secondary-artifacts: {b: {}}}}",
        "secondary-artifacts.b has no files",
        47,
    ),
    (
        "artifacts: {files: [a], secondary-artifacts: {b: {files: [c], cache: d}}}}",
        "unknown key \"cache\" in artifacts.secondary-artifacts.b",
        63,
    ),
    (
        "artifacts: {files: [a], secondary-artifacts: [b]}}",
        "secondary-artifacts to be of mapping type",
        46,
    ),
    ("cache: {path: [a]}}", "unknown key \"path\" in cache", 9),
    ("cache: {paths: [a], action: drop}}", "cache.action must be restore or save", 29),
    ("reports: {unit: {file: [a]}}}", "unknown key \"file\" in reports.unit", 18),
    ("reports: [unit]}", "Expected reports to be of mapping type", 10),
    ("batch: {builds: [a]}}", "unknown key \"builds\" in batch", 9),
    (
        "batch: {fast-fail: x, build-fanout: {parallelism: 1}}}",
        "batch.fast-fail to be yes or no",
        20,
    ),
    ("batch: {fast-fail: yes}}", "batch has no builds: it needs one of build-graph", 8),
    (
        "batch: {build-list: [{identifier: a}], build-fanout: {parallelism: 1}}}",
        "both build-list and build-fanout",
        40,
    ),
    ("batch: {build-list: []}}", "batch.build-list has 0 builds", 21),
    ("batch: {build-list: {identifier: a}}}", "batch.build-list to be of sequence type", 21),
    ("batch: {build-list: [{buildspec: a}]}}", "batch.build-list[0] has no identifier", 22),
    ("batch: {build-list: [{identifier: a-b}]}}", "letters, digits and underscores", 35),
    (
        "batch: {build-list: [{identifier: a}, {identifier: a}]}}",
        "the identifier a appears twice",
        52,
    ),
    (
        "batch: {build-list: [{identifier: a, depend-on: [b]}]}}",
        "unknown key \"depend-on\" in batch.build-list[0]",
        38,
    ),
    (
        "batch: {build-graph: [{identifier: a, depend-on: [b]}]}}",
        "a depends on b, which is no build of this batch",
        23,
    ),
    ("batch: {build-graph: [{identifier: a, depend-on: [a]}]}}", "goes in a circle: a wait", 23),
    (
        "batch: {build-graph: [{identifier: a}, {identifier: b, depend-on: [c]}, {identifier: c, depend-on: [b, a]}]}}",
        "goes in a circle: b, c wait",
        40,
    ),
    (
        "batch: {build-list: [{identifier: a, env: {compute-type: b, fleet: c}}]}}",
        "both a compute-type and a fleet",
        43,
    ),
    (
        "batch: {build-list: [{identifier: a, env: {variables: {'b c': d}}}]}}",
        "\"b c\" in batch.build-list[0].env.variables is no name",
        56,
    ),
    ("batch: {build-matrix: {dynamic: {env: {variables: {A: []}}}}}}", "has no values", 52),
    (
        "batch: {build-matrix: {dynamic: {env: {variables: {A: [1,2,3,4,5,6,7,8,9,0,a], B: [1,2,3,4,5,6,7,8,9,0]}}}}}}",
        "has 110 combinations: at most 100",
        23,
    ),
    ("batch: {build-fanout: {ignore-failure: no}}}", "has no parallelism", 23),
    ("batch: {build-fanout: {parallelism: 0}}}", "must be a number from 1 to 100", 37),
    ("batch: {build-fanout: {parallelism: many}}}", "must be a number from 1 to 100", 37),
    ("cache: {key: k}}", "cache has no paths", 8),
    (
        "cache: {paths: [a], key: k, fallback-keys: [a, b, c, d, e, f]}}",
        "has 6 keys: at most 5",
        44,
    ),
    ("reports: {unit: {base-directory: a}}}", "reports.unit has no files", 11),
    (
        "reports: {unit: {files: [a], file-format: XML}}}",
        "must be one of CUCUMBERJSON, JUNITXML",
        43,
    ),
    (
        "reports: {a: {files: [a]}, b: {files: [a]}, c: {files: [a]}, d: {files: [a]}, e: {files: [a]}, f: {files: [a]}}}",
        "reports names 6 report groups: a project can have 5",
        96,
    ),
    ("proxy: {log: yes}}", "unknown key \"log\" in proxy", 9),
    ("proxy: yes}", "Expected proxy to be of mapping type: found a string", 8),
    ("phasess: {}}", "unknown key \"phasess\"", 1),
];

/// Columns of 0 stand for any: the YAML parser's own messages.
fn check(text: &str, part: &str, line: usize, column: usize) -> Option<String> {
    let Err(error) = parse(text) else { return Some(format!("taken:\n{text}")) };
    let shown = error.to_string();
    let right = shown.starts_with("YAML_FILE_ERROR Message: ")
        && shown.contains(part)
        && shown.ends_with(&format!(" at line {}, column {}", error.0.at.line, error.0.at.column))
        && error.0.at.line == line
        && (column == 0 || error.0.at.column == column);
    (!right).then(|| format!("{text}\n got {shown}\nwant {part} at line {line}, column {column}"))
}

#[test]
fn bad_build_specifications() {
    let whole = WHOLE.iter().map(|(text, part, line, column)| check(text, part, *line, *column));
    let parts =
        PARTS.iter().map(|(text, part, column)| check(&format!("{HEAD}{text}"), part, 2, *column));
    let wrong: Vec<String> = whole.chain(parts).flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
