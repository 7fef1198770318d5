//! The sample application that is pushed.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::failure::{Context as _, Outcome};

const FILES: &[(&str, &str)] = &[
    ("README.md", include_str!("sample/README.md")),
    ("app.py", include_str!("sample/app.py")),
    ("test_app.py", include_str!("sample/test_app.py")),
    ("buildspec.yml", include_str!("sample/buildspec.yml")),
    ("appspec.yml", include_str!("sample/appspec.yml")),
    ("scripts/start.sh", include_str!("sample/scripts/start.sh")),
    ("scripts/stop.sh", include_str!("sample/scripts/stop.sh")),
    ("scripts/validate.sh", include_str!("sample/scripts/validate.sh")),
];

/// Writes the application into an empty folder.
pub(super) fn write(dir: &Path) -> Outcome<()> {
    for (name, text) in FILES {
        let file = dir.join(name);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).context(format_args!("make {}", parent.display()))?;
        }
        fs::write(&file, text).context(format_args!("write {}", file.display()))?;
        let mode = if name.ends_with(".sh") { 0o755 } else { 0o644 };
        fs::set_permissions(&file, fs::Permissions::from_mode(mode))
            .context(format_args!("write {}", file.display()))?;
    }
    Ok(())
}
