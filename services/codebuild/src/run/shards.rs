//! Tests split over the builds of a fan-out: `codebuild-tests-run` and `codebuild-glob-search`.
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/parallel-test.html>
//!
//! Two scripts, which need of an image what every image has: a shell, `find`, `sort` and `awk`.
//! Which tests are whose follows from the files' names alone, so that builds need not ask each
//! other. In a build that is no part of a fan-out all tests are run.
//!
//! What the guide leaves open: no file at all is an error, because tests that are not found are not
//! passed; a build that has no part of them runs nothing and goes on; and where the command names
//! `CODEBUILD_CURRENT_SHARD_FILES` the files are not put behind it too.

/// Finds files by patterns.
pub(super) const GLOB_SEARCH: (&str, &str) = ("codebuild-glob-search", GLOB_SEARCH_SCRIPT);
/// Runs a part of the tests.
pub(super) const TESTS_RUN: (&str, &str) = ("codebuild-tests-run", TESTS_RUN_SCRIPT);

/// The expression of each pattern is put together character by character: what is special in a
/// glob and what is in an expression are different characters.
const GLOB_SEARCH_SCRIPT: &str = r#"#!/bin/sh
# Lists the files below the working directory whose paths match one of the patterns.
if [ $# -eq 0 ]; then
  echo "usage: codebuild-glob-search PATTERN..." >&2
  echo "  *  any characters but /    **  any characters    ?  one character but /" >&2
  exit 2
fi
CODEYARD_GLOBS=$(printf '%s\n' "$@")
export CODEYARD_GLOBS
LC_ALL=C
export LC_ALL
find . \( -type f -o -type l -exec test -f {} \; \) -print | awk '
  function expression(glob,    out, c) {
    out = "^"
    sub(/^(\.\/)+/, "", glob)
    while (glob != "") {
      c = substr(glob, 1, 1)
      if (substr(glob, 1, 3) == "**/" && (out == "^" || out ~ /\/$/)) {
        out = out "(.*/)?"
        glob = substr(glob, 4)
        continue
      }
      if (substr(glob, 1, 2) == "**") {
        out = out ".*"
        glob = substr(glob, 3)
        continue
      }
      if (c == "*") out = out "[^/]*"
      else if (c == "?") out = out "[^/]"
      else if (index("\\.^$+(){}|[]", c)) out = out "\\" c
      else out = out c
      glob = substr(glob, 2)
    }
    return out "$"
  }
  BEGIN {
    count = split(ENVIRON["CODEYARD_GLOBS"], globs, "\n")
    for (at = 1; at <= count; at++) expressions[at] = expression(globs[at])
  }
  {
    path = substr($0, 3)
    for (at = 1; at <= count; at++) if (path ~ expressions[at]) {
      print path
      found = 1
      break
    }
  }
  END {
    if (!found) print "codebuild-glob-search: no files were found" > "/dev/stderr"
  }
' | sort
"#;

/// Equal distribution is chunks of the sorted names. Stability is rendezvous hashing: each file
/// goes to the build whose score with it is the highest, so with one more build only those files
/// move that move there, and with one file more or less no other does. A score is squared several
/// times modulo a prime below 2^26: awk's numbers are exact below 2^53.
const TESTS_RUN_SCRIPT: &str = r#"#!/bin/sh
# Runs this build's part of the tests of a fan-out.
refuse() {
  echo "codebuild-tests-run: $1" >&2
  echo "usage: codebuild-tests-run --test-command COMMAND --files-search COMMAND" >&2
  echo "       [--sharding-strategy equal-distribution|stability]" >&2
  exit 2
}
command='' search='' strategy=equal-distribution
while [ $# -gt 0 ]; do
  case $1 in
    --*=*) name=${1%%=*} value=${1#*=}; shift ;;
    --*) [ $# -ge 2 ] || refuse "$1 takes a value"; name=$1 value=$2; shift 2 ;;
    *) refuse "unexpected: $1" ;;
  esac
  case $name in
    --test-command) command=$value ;;
    --files-search) search=$value ;;
    --sharding-strategy) strategy=$value ;;
    *) refuse "unknown: $name" ;;
  esac
done
[ -n "$command" ] || refuse "--test-command is missing"
[ -n "$search" ] || refuse "--files-search is missing"
case $strategy in
  equal-distribution | stability) ;;
  *) refuse "--sharding-strategy is equal-distribution or stability, not $strategy" ;;
esac
shell=$(command -v bash || echo sh)
found=$("$shell" -c "$search") || {
  status=$?
  echo "codebuild-tests-run: the files search has failed: exit status $status" >&2
  exit "$status"
}
all=$(printf '%s\n' "$found" | sed '/^$/d' | LC_ALL=C sort -u)
if [ -z "$all" ]; then
  echo "codebuild-tests-run: the files search has found no files" >&2
  exit 1
fi
shard=${CODEYARD_SHARD:-0} shards=${CODEYARD_SHARDS:-1}
mine=$(printf '%s\n' "$all" | LC_ALL=C awk -v shard="$shard" -v shards="$shards" \
    -v strategy="$strategy" '
  BEGIN { for (at = 1; at < 256; at++) code[sprintf("%c", at)] = at }
  function score(hash, other, of,    round) {
    for (round = 0; round < 6; round++) {
      hash = (hash * hash + other + of * 7919 + 12345 + round) % 67108859
    }
    return hash
  }
  function owner(name,    at, hash, other, c, best, most, one) {
    hash = 5381
    other = 0
    for (at = 1; at <= length(name); at++) {
      c = code[substr(name, at, 1)]
      hash = (hash * 33 + c) % 67108859
      other = (other * 131 + c) % 67108837
    }
    most = -1
    for (at = 0; at < shards; at++) {
      one = score(hash, other, at)
      if (one > most) {
        most = one
        best = at
      }
    }
    return best
  }
  { files[NR] = $0 }
  END {
    if (strategy == "stability") {
      for (at = 1; at <= NR; at++) if (owner(files[at]) == shard) print files[at]
      exit
    }
    each = int(NR / shards)
    more = NR % shards
    first = shard * each + (shard < more ? shard : more) + 1
    last = first + each - (shard < more ? 0 : 1)
    for (at = first; at <= last; at++) print files[at]
  }
')
count() { printf '%s\n' "$1" | sed '/^$/d' | wc -l | tr -d ' '; }
echo "codebuild-tests-run: $(count "$mine") of $(count "$all") test files are those of build $shard of $shards ($strategy)"
if [ -z "$mine" ]; then
  echo "codebuild-tests-run: nothing to run"
  exit 0
fi
CODEBUILD_CURRENT_SHARD_FILES=$mine
export CODEBUILD_CURRENT_SHARD_FILES
case $command in
  *CODEBUILD_CURRENT_SHARD_FILES*) ;;
  *)
    # In front of the files no line may end.
    while :; do
      case $command in
        *[[:space:]]) command=${command%?} ;;
        *) break ;;
      esac
    done
    quoted=$(printf '%s\n' "$mine" | sed "s/'/'\\\\''/g; s/^/'/; s/\$/'/" | tr '\n' ' ')
    command="$command $quoted"
    ;;
esac
exec "$shell" -c "$command"
"#;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::Path;
    use std::process::{Command, Output};

    use super::*;

    /// A folder with both scripts in `bin` and these files in `src`.
    fn folder(files: &[String]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in [GLOB_SEARCH, TESTS_RUN] {
            let path = dir.path().join("bin").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        for file in files {
            let path = dir.path().join("src").join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        dir
    }

    fn run(dir: &Path, words: &[&str], shard: Option<(usize, usize)>) -> Output {
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", dir.join("bin").display());
        let mut command = Command::new(dir.join("bin").join(words[0]));
        command.args(&words[1..]).current_dir(dir.join("src")).env("PATH", path);
        if let Some((shard, shards)) = shard {
            command.env("CODEYARD_SHARD", shard.to_string());
            command.env("CODEYARD_SHARDS", shards.to_string());
        }
        command.output().unwrap()
    }

    fn text(output: &Output) -> String {
        String::from_utf8(output.stdout.clone()).unwrap()
    }

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn globs_find_files() {
        let files = [
            "a.js",
            "tests/x.js",
            "lib/tests/y.js",
            "lib/tests/deep/z.js",
            "lib/a+b (c).js",
            "lib/tests/y.ts",
            ".env",
        ];
        let dir = folder(&names(&files));
        symlink("a.js", dir.path().join("src/link.js")).unwrap();
        symlink("nowhere", dir.path().join("src/broken.js")).unwrap();
        symlink("tests", dir.path().join("src/folder.js")).unwrap();
        for (patterns, found) in [
            (&["*.js"][..], &["a.js", "link.js"][..]),
            (&["**/tests/*.js"], &["lib/tests/y.js", "tests/x.js"]),
            (
                &["lib/**"],
                &["lib/a+b (c).js", "lib/tests/deep/z.js", "lib/tests/y.js", "lib/tests/y.ts"],
            ),
            (&["lib/**/*.js"], &["lib/a+b (c).js", "lib/tests/deep/z.js", "lib/tests/y.js"]),
            (&["lib/a+b (c).js"], &["lib/a+b (c).js"]),
            (&["./tests/?.js", "a*", "*.js"], &["a.js", "link.js", "tests/x.js"]),
            (&["a?js", "**/y.t[s]", "ajs", ".e*"], &[".env", "a.js"]),
            (&["tests", "lib/tests"], &[]),
        ] {
            let words = [&["codebuild-glob-search"], patterns].concat();
            let output = run(dir.path(), &words, None);
            assert!(output.status.success(), "{patterns:?}");
            let lines: Vec<String> = text(&output).lines().map(str::to_owned).collect();
            assert_eq!(lines, found, "{patterns:?}");
            let told = String::from_utf8(output.stderr).unwrap();
            assert_eq!(told.contains("no files were found"), found.is_empty(), "{told}");
        }
        assert_eq!(run(dir.path(), &["codebuild-glob-search"], None).status.code(), Some(2));
    }

    fn part(dir: &Path, strategy: &str, shard: usize, shards: usize) -> Vec<String> {
        let words = [
            "codebuild-tests-run",
            "--test-command",
            "printf 'ran %s\\n' ",
            "--files-search",
            "codebuild-glob-search '**/*.py'",
            "--sharding-strategy",
            strategy,
        ];
        let output = run(dir, &words, Some((shard, shards)));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = text(&output);
        text.lines().filter_map(|line| Some(line.strip_prefix("ran ")?.to_owned())).collect()
    }

    #[test]
    fn each_test_is_one_builds() {
        let files: Vec<String> = (0..203).map(|n| format!("t/d{}/it's a {n}.py", n % 7)).collect();
        let dir = folder(&files);
        let mut sorted = files.clone();
        sorted.sort();
        let parts: Vec<_> =
            (0..4).map(|shard| part(dir.path(), "equal-distribution", shard, 4)).collect();
        let sizes: Vec<_> = parts.iter().map(Vec::len).collect();
        assert_eq!(sizes, [51, 51, 51, 50]);
        assert_eq!(parts.concat(), sorted);
        let hashed: Vec<_> = (0..4).map(|shard| part(dir.path(), "stability", shard, 4)).collect();
        let sizes: Vec<_> = hashed.iter().map(Vec::len).collect();
        assert!(sizes.iter().all(|size| (30..=75).contains(size)), "{sizes:?}");
        let mut all = hashed.concat();
        all.sort();
        assert_eq!(all, sorted);
        // A file less moves no other; a build more only takes.
        fs::remove_file(dir.path().join("src").join(&files[3])).unwrap();
        for (shard, before) in hashed.iter().enumerate() {
            let kept: Vec<_> = before.iter().filter(|it| **it != files[3]).cloned().collect();
            assert_eq!(part(dir.path(), "stability", shard, 4), kept);
            let left: BTreeSet<_> = part(dir.path(), "stability", shard, 5).into_iter().collect();
            assert!(left.iter().all(|it| kept.contains(it)), "{shard}");
        }
    }

    #[test]
    fn commands_may_take_the_files_by_variable() {
        let dir = folder(&names(&["a.py", "b.py"]));
        let search = "codebuild-glob-search '*.py'";
        let run = |words: &[&str], shard| {
            run(dir.path(), &[&["codebuild-tests-run"], words].concat(), shard)
        };
        let command = "echo got $(echo \"$CODEBUILD_CURRENT_SHARD_FILES\" | tr '\\n' ,)";
        let output = run(&["--test-command", command, "--files-search", search], None);
        assert!(text(&output).contains("got a.py,b.py,\n"), "{}", text(&output));
        // A status is the command's; a part without files is none, but nothing found is an error.
        let fails = format!("--files-search={search}");
        let output = run(&["--test-command=exit 7;", &fails], None);
        assert_eq!(output.status.code(), Some(7));
        let output = run(&["--test-command=exit 7;", &fails], Some((2, 3)));
        assert_eq!(output.status.code(), Some(0));
        assert!(text(&output).contains("nothing to run"));
        for (words, code, told) in [
            (&["--test-command", "x", "--files-search", "true"][..], 1, "no files"),
            (&["--test-command", "x", "--files-search", "exit 4"], 4, "has failed"),
            (&["--test-command", "x"], 2, "--files-search is missing"),
            (&["--files-search", "x"], 2, "--test-command is missing"),
            (&["--test-command"], 2, "takes a value"),
            (&["--colour", "red"], 2, "unknown: --colour"),
            (&["x"], 2, "unexpected: x"),
            (
                &["--test-command", "x", "--files-search", "x", "--sharding-strategy", "z"],
                2,
                "not z",
            ),
        ] {
            let output = run(words, None);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(code), "{words:?}: {said}");
            assert!(said.contains(told), "{words:?}: {said}");
        }
    }
}
