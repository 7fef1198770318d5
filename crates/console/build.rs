//! Makes the table of the console's files from `console/dist`, where `npm run build` left them,
//! each compressed by gzip. Without them the table is empty: Node is not needed to build the yard.
#![allow(missing_docs)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let crate_dir = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let dist = crate_dir.join("../../console/dist");
    // Cargo takes a path that is not there for changed, each time. It is ignored by git; where it
    // cannot be made, this runs again with each build, which costs a moment.
    let _ = fs::create_dir_all(&dist);
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", dist.display());
    let mut files = Vec::new();
    gather(&dist, &mut files)?;
    files.sort();
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let mut table = String::from("&[\n");
    for (at, file) in files.iter().enumerate() {
        let shown = file.strip_prefix(&dist).unwrap_or(file).to_string_lossy().replace('\\', "/");
        let name = shown.strip_suffix(".gz").unwrap_or(&shown);
        // Copied, because Vite may empty the directory while the compiler reads.
        let copy = out.join(format!("{at}.gz"));
        fs::copy(file, &copy)?;
        let _ = writeln!(table, "    ({name:?}, include_bytes!({copy:?})),");
    }
    table.push(']');
    fs::write(out.join("files.rs"), table)
}

/// All compressed files below a directory.
fn gather(dir: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(dir) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            gather(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "gz") {
            files.push(path);
        }
    }
    Ok(())
}
