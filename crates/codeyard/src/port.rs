//! Where to listen, and who has the port if it is taken.

use std::fs;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::cli::DEFAULT_LISTEN;
use crate::failure::{Context as _, Failure, Outcome};

/// Opens the address that was asked for. Where none was, the one a yard on this data had last,
/// else the usual one, else a free one; the note says why it is another.
pub(crate) async fn listen(
    asked: Option<SocketAddr>,
    last_url: Option<&str>,
) -> Outcome<(TcpListener, Option<String>)> {
    if let Some(address) = asked {
        let listener = TcpListener::bind(address).await.map_err(|error| {
            let failure = Failure::new(format!("failed to listen on {address}: {error}"));
            match holder(address.port()) {
                Some(holder) => failure.hint(format!("the port is held by {holder}")),
                None => failure,
            }
        })?;
        return Ok((listener, None));
    }
    let last = last_url.and_then(|url| url.strip_prefix("http://")).unwrap_or(DEFAULT_LISTEN);
    let wanted: SocketAddr = match last.parse() {
        Ok(address) => address,
        Err(_) => DEFAULT_LISTEN.parse().context("read the usual address")?,
    };
    match TcpListener::bind(wanted).await {
        Ok(listener) => Ok((listener, None)),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            let by = holder(wanted.port()).unwrap_or_else(|| "another process".to_owned());
            let listener = TcpListener::bind("127.0.0.1:0").await.context("find a free port")?;
            Ok((listener, Some(format!("port {} is held by {by}; using another", wanted.port()))))
        }
        Err(error) => Err(error).context(format_args!("listen on {wanted}")),
    }
}

/// The process that listens on a port, as `NAME (process N)`, where this user may see it.
pub(crate) fn holder(port: u16) -> Option<String> {
    let inode = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .find_map(|table| table.lines().skip(1).find_map(|line| listening_inode(line, port)))?;
    let wanted = format!("socket:[{inode}]");
    for process in fs::read_dir("/proc").ok()?.flatten() {
        let Ok(pid) = process.file_name().to_string_lossy().parse::<u32>() else { continue };
        let Ok(files) = fs::read_dir(process.path().join("fd")) else { continue };
        let has = files.flatten().any(|file| {
            fs::read_link(file.path()).is_ok_and(|target| target.as_os_str() == wanted.as_str())
        });
        if has {
            let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            return Some(format!("{} (process {pid})", name.trim()));
        }
    }
    None
}

/// The socket's inode, if this line of the table is a listener on `port`.
fn listening_inode(line: &str, port: u16) -> Option<String> {
    const LISTEN: &str = "0A";
    let fields: Vec<&str> = line.split_whitespace().collect();
    let (_, hex_port) = fields.get(1)?.rsplit_once(':')?;
    let matches = *fields.get(3)? == LISTEN && u16::from_str_radix(hex_port, 16).ok()? == port;
    matches.then(|| fields.get(9).map(|inode| (*inode).to_owned()))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_names_its_holder() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = taken.local_addr().unwrap();
        let by = holder(address.port()).unwrap();
        assert!(by.contains(&format!("process {}", std::process::id())), "{by}");
        let error = listen(Some(address), None).await.unwrap_err().to_string();
        assert!(error.contains("is held by"), "{error}");
        let url = format!("http://{address}");
        let (other, note) = listen(None, Some(&url)).await.unwrap();
        assert_ne!(other.local_addr().unwrap(), address);
        assert!(note.unwrap().contains("is held by"));
    }
}
