//! Where to listen, and who has the port if it is taken.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

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
    let wanted = match last.parse() {
        Ok(address) => reached_at(address),
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

/// Where programs on this machine reach a listener: one on every address is on loopback, too.
pub(crate) fn reached_at(listening: SocketAddr) -> SocketAddr {
    let loopback = match listening.ip().to_canonical() {
        ip if !ip.is_unspecified() => return listening,
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    SocketAddr::new(loopback, listening.port())
}

/// What clients may call a listener's machine, for its certificate: the address; for a listener on
/// every address, the machine's name and all addresses that it has now.
pub(crate) fn names_of(listening: SocketAddr) -> Vec<String> {
    if !listening.ip().to_canonical().is_unspecified() {
        return vec![listening.ip().to_string()];
    }
    let hostname = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let is_name = |name: &&str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b))
    };
    let mut names: Vec<String> =
        Some(hostname.trim()).filter(is_name).map(str::to_ascii_lowercase).into_iter().collect();
    // Without them the usual local names are left.
    let interfaces = nix::ifaddrs::getifaddrs().ok().into_iter().flatten();
    for address in interfaces.filter_map(|interface| interface.address) {
        let ip = address.as_sockaddr_in().map(|it| IpAddr::V4(it.ip()));
        let ip = ip.or_else(|| address.as_sockaddr_in6().map(|it| IpAddr::V6(it.ip())));
        names.extend(ip.map(|ip| ip.to_string()));
    }
    names.sort();
    names.dedup();
    names
}

/// Refuses an address that other machines reach.
pub(crate) fn only_here(asked: Option<SocketAddr>) -> Outcome<()> {
    match asked {
        Some(address) if !address.ip().to_canonical().is_loopback() => Err(Failure::new(format!(
            "in test mode nothing is protected, and {address} is reached from other machines: \
                 any of them could run programs as this user"
        ))
        .hint("listen on 127.0.0.1, or say --expose-test-mode if that is what you want")),
        _ => Ok(()),
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

    #[test]
    fn a_listener_on_every_address_is_reached_on_loopback() {
        let at = |text: &str| reached_at(text.parse().unwrap()).to_string();
        for (listening, reached) in [
            ("0.0.0.0:4566", "127.0.0.1:4566"),
            ("[::]:4566", "[::1]:4566"),
            ("[::ffff:0.0.0.0]:4566", "127.0.0.1:4566"),
            ("192.0.2.1:4566", "192.0.2.1:4566"),
            ("127.0.0.1:4566", "127.0.0.1:4566"),
        ] {
            assert_eq!(at(listening), reached);
        }
        assert_eq!(names_of("192.0.2.1:1".parse().unwrap()), ["192.0.2.1"]);
        let all = names_of("0.0.0.0:1".parse().unwrap());
        assert!(all.contains(&"127.0.0.1".to_owned()), "{all:?}");
        assert!(!all.contains(&"0.0.0.0".to_owned()), "{all:?}");
    }

    #[test]
    fn test_mode_is_for_this_machine() {
        for (address, ok) in [
            ("127.0.0.1:1", true),
            ("127.9.9.9:1", true),
            ("[::1]:1", true),
            ("0.0.0.0:1", false),
            ("[::]:1", false),
            ("192.0.2.1:1", false),
            ("[::ffff:192.0.2.1]:1", false),
        ] {
            assert_eq!(only_here(Some(address.parse().unwrap())).is_ok(), ok, "{address}");
        }
        assert!(only_here(None).is_ok());
    }

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
