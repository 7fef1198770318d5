//! The yard's SSH port: where it listens, and the keys by which clients know it again.

use std::net::SocketAddr;

use ssh::{HostKey, HostKeyKind};
use tokio::net::TcpListener;

use crate::data_dir::{DataDir, write_private_text};
use crate::failure::{Context as _, Failure, Outcome};
use crate::port::{holder, reached_at};

/// Where git over SSH is served unless told otherwise.
pub(crate) const DEFAULT_LISTEN: &str = "127.0.0.1:4522";

/// What the user wants of SSH.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Wish {
    /// The address of the last time, else the usual one, else a free port on loopback.
    #[default]
    Usual,
    At(SocketAddr),
    Off,
}

impl Wish {
    /// Reads `--ssh-listen`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            text => text
                .parse()
                .map(Self::At)
                .map_err(|_| "an address and a port (127.0.0.1:4522) or off".to_owned()),
        }
    }

    /// The address that was asked for.
    pub(crate) fn address(self) -> Option<SocketAddr> {
        match self {
            Self::At(address) => Some(address),
            Self::Usual | Self::Off => None,
        }
    }
}

/// Opens the port, if it is wanted.
pub(crate) async fn listen(wish: Wish, last: Option<&str>) -> Outcome<Option<TcpListener>> {
    let wanted: SocketAddr = match wish {
        Wish::Off => return Ok(None),
        Wish::At(address) => {
            let listener = TcpListener::bind(address).await.map_err(|error| {
                let failure = Failure::new(format!("failed to listen on {address}: {error}"));
                match holder(address.port()) {
                    Some(holder) => failure.hint(format!("the port is held by {holder}")),
                    None => failure,
                }
            })?;
            return Ok(Some(listener));
        }
        Wish::Usual => match last.unwrap_or(DEFAULT_LISTEN).parse() {
            Ok(address) => reached_at(address),
            Err(_) => DEFAULT_LISTEN.parse().context("read the usual address")?,
        },
    };
    match TcpListener::bind(wanted).await {
        Ok(listener) => Ok(Some(listener)),
        // The ready line tells which it is.
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            TcpListener::bind("127.0.0.1:0").await.map(Some).context("find a free port for SSH")
        }
        Err(error) => Err(error).context(format_args!("listen on {wanted} for SSH")),
    }
}

/// The host keys, made at the first start.
pub(crate) fn host_keys(data: &DataDir) -> Outcome<Vec<HostKey>> {
    HostKeyKind::ALL.into_iter().map(|kind| host_key(data, kind)).collect()
}

fn host_key(data: &DataDir, kind: HostKeyKind) -> Outcome<HostKey> {
    let file = data.path.join(format!("{}.key", kind.name()));
    let pem = match std::fs::read_to_string(&file) {
        Ok(pem) => pem,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let pem = HostKey::generate(kind).context("make a host key")?;
            write_private_text(&file, &pem)?;
            pem
        }
        Err(error) => return Err(error).context(format_args!("read {}", file.display())),
    };
    HostKey::from_pem(kind, &pem).context(format_args!("read {}", file.display()))
}

/// The lines by which clients know the yard, for `~/.ssh/known_hosts`.
pub(crate) fn known_hosts(keys: &[HostKey], address: SocketAddr) -> String {
    let (ip, port) = (address.ip(), address.port());
    let mut names = vec![ip.to_string()];
    if ip.is_loopback() {
        names.push("localhost".to_owned());
    }
    let named = |name: &String| match port {
        22 => name.clone(),
        port => format!("[{name}]:{port}"),
    };
    let names = names.iter().map(named).collect::<Vec<_>>().join(",");
    keys.iter().map(|key| format!("{names} {}\n", key.public_line())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read() {
        assert_eq!(Wish::parse("off"), Ok(Wish::Off));
        let address = "127.0.0.1:22".parse().unwrap();
        assert_eq!(Wish::parse("127.0.0.1:22"), Ok(Wish::At(address)));
        assert!(Wish::parse("22").is_err());
    }

    #[test]
    fn host_keys_stay() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(&dir.path().join("data"), None, None).unwrap();
        let lines = || {
            let address = "127.0.0.1:4522".parse().unwrap();
            known_hosts(&host_keys(&data).unwrap(), address)
        };
        let first = lines();
        assert!(first.starts_with("[127.0.0.1]:4522,[localhost]:4522 ssh-ed25519 "), "{first}");
        assert_eq!(first, lines());
        std::fs::write(data.path.join("ssh-ed25519.key"), "x").unwrap();
        assert!(host_keys(&data).is_err());
    }
}
